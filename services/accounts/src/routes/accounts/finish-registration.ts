import { Code, callerAddressOf } from '@veche/service-kit'
import { ensureWithin } from '../../limits.ts'
import { createAccount } from '../../registration/create-account.ts'
import { readRegistration } from '../../registration/statement.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const finishRegistration: AccountsRoute<'finishRegistration'> =
  ({ database, configuredPolicy: configured, keys, opaque, clock, limiter, attempts }) =>
  async ({ statement, signature, code }, call) => {
    await ensureWithin(limiter, attempts.finishRegistration, callerAddressOf(call))
    const registration = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
      readRegistration(statement, signature, keys.identity.publicKey, opaque),
    )
    return createAccount(database, registration, code, { configured, nowMs: clock.nowMs() })
  }
