import { randomBytes } from 'node:crypto'
import { AccountId, utf8 } from '@veche/protocol'
import { Code, callerAddressOf } from '@veche/service-kit'
import { credentialOf } from '../../credentials/proven.ts'
import { GUESSES, takeGuess } from '../../database/login-guesses.ts'
import { findOpaqueRecord } from '../../database/opaque-records.ts'
import { ensureWithin, tooManyCalls } from '../../limits.ts'
import { OPAQUE_VERSION } from '../../login/opaque.ts'
import { readHandle, refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

/** Does the same for a known and an unknown handle, in the same statements (attack B1). */
export const startLogin: AccountsRoute<'startLogin'> =
  ({ database, keys, opaque, logins, clock, limiter, attempts }) =>
  async ({ handle: text, opaqueRequest }, call) => {
    await ensureWithin(limiter, attempts.startLogin, callerAddressOf(call))
    const handle = readHandle(text)
    if (!(await takeGuess(database, keys.guesses(utf8(handle)), GUESSES, clock.nowMs()))) {
      throw tooManyCalls(GUESSES.intervalMs)
    }
    const { accountId, record, opaqueVersion, known } = await findOpaqueRecord(database, handle, {
      accountId: AccountId.fromBytes(keys.unknownHandle(utf8(handle))),
      opaqueVersion: OPAQUE_VERSION,
      record: opaque.fakeRecord,
    })
    const { state, response } = await refusing(Code.InvalidArgument, 'opaque_invalid', () =>
      opaque.startLogin(accountId, record, opaqueRequest),
    )
    const loginId = randomBytes(32)
    await logins.put(loginId.toString('hex'), {
      opaqueState: state,
      accountId: known ? accountId : null,
      credential: credentialOf(record),
    })
    return { loginId, opaqueResponse: response, opaqueVersion }
  }
