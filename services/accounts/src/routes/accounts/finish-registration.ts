import { Code } from '@veche/service-kit'
import { createAccount } from '../../registration/create-account.ts'
import { readRegistration } from '../../registration/statement.ts'
import { refusing } from '../refusing.ts'
import type { AccountsRoute } from '../route.ts'

export const finishRegistration: AccountsRoute<'finishRegistration'> =
  ({ database, configuredPolicy: configured, keys, opaque, clock }) =>
  async ({ statement, signature, code }) => {
    const registration = await refusing(Code.InvalidArgument, 'proof_invalid', () =>
      readRegistration(statement, signature, keys.identity.publicKey, opaque),
    )
    return createAccount(database, registration, code, { configured, nowMs: clock.nowMs() })
  }
