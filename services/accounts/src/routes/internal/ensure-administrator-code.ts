import { hasAdministrator } from '../../database/accounts.ts'
import { storeAdministratorCode } from '../../database/registration-codes.ts'
import { createRegistrationCode, hashRegistrationCode } from '../../registration/code.ts'
import type { InternalRoute } from '../route.ts'

const LIFETIME_MS = 7 * 86_400_000

export const ensureAdministratorCode: InternalRoute<'ensureAdministratorCode'> =
  ({ database, clock }) =>
  async () => {
    if (await hasAdministrator(database)) return { code: '' }
    const code = createRegistrationCode()
    const expiresAtMs = clock.nowMs() + LIFETIME_MS
    await storeAdministratorCode(database, { codeHash: hashRegistrationCode(code), uses: 1, expiresAtMs })
    return { code }
  }
