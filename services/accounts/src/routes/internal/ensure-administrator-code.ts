import { hasAdministrator } from '../../database/accounts.ts'
import { deleteAdministratorCodes, insertCode } from '../../database/registration-codes.ts'
import { createRegistrationCode, hashRegistrationCode } from '../../registration/code.ts'
import type { InternalRoute } from '../route.ts'

const LIFETIME_MS = 7 * 86_400_000

export const ensureAdministratorCode: InternalRoute<'ensureAdministratorCode'> =
  ({ database, clock }) =>
  () =>
    database.transaction(async (transaction) => {
      if (await hasAdministrator(transaction)) return { code: '' }
      await deleteAdministratorCodes(transaction)
      const code = createRegistrationCode()
      const expiresAtMs = clock.nowMs() + LIFETIME_MS
      await insertCode(transaction, {
        codeHash: hashRegistrationCode(code),
        administrator: true,
        uses: 1,
        expiresAtMs,
      })
      return { code }
    })
