import { Code, callerAddressOf } from '@veche/service-kit'
import { findAccount } from '../../database/accounts.ts'
import { findGoodCode } from '../../database/registration-codes.ts'
import { ensureWithin } from '../../limits.ts'
import { admit } from '../../registration/admission.ts'
import { ensureHandleAvailable, handleTaken } from '../../registration/available-handle.ts'
import { readAccountId, readHandle, refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const startRegistration: AccountsRoute<'startRegistration'> =
  ({ database, configuredPolicy: configured, opaque, clock, limiter, attempts }) =>
  async ({ accountId, handle, code, opaqueRequest }, call) => {
    await ensureWithin(limiter, attempts.startRegistration, callerAddressOf(call))
    const id = await readAccountId(accountId)
    const wanted = readHandle(handle)
    await admit(database, { configured, nowMs: clock.nowMs() }, code, findGoodCode)
    await ensureHandleAvailable(database, wanted)
    // The blind answer under the id of an account that exists would let anyone guess its password offline, past B4.
    if ((await findAccount(database, id)) !== undefined) throw handleTaken()
    const opaqueResponse = await refusing(Code.InvalidArgument, 'opaque_invalid', () =>
      opaque.registrationResponse(id, opaqueRequest),
    )
    return { opaqueResponse }
  }
