import { Code, principalOf, RpcError } from '@veche/service-kit'
import { insertInvite } from '../../database/registration-codes.ts'
import { createRegistrationCode, hashRegistrationCode } from '../../registration/code.ts'
import { ensureAdministrator } from '../own-account.ts'
import type { RegistrationRoute } from '../route.ts'

const DAY_MS = 86_400_000
const DEFAULT_LIFETIME_MS = 7 * DAY_MS
const MAX_LIFETIME_MS = 365 * DAY_MS
const MAX_USES = 10_000

export const createInvite: RegistrationRoute<'createInvite'> =
  ({ database, clock, publicUrl }) =>
  async (request, call) => {
    await ensureAdministrator(database, principalOf(call))
    const uses = request.uses || 1
    const lifetimeMs = Number(request.lifetimeMs) || DEFAULT_LIFETIME_MS
    if (uses > MAX_USES || lifetimeMs < 0 || lifetimeMs > MAX_LIFETIME_MS) {
      throw new RpcError(Code.InvalidArgument, 'invite_invalid')
    }
    const code = createRegistrationCode()
    const expiresAtMs = clock.nowMs() + lifetimeMs
    await insertInvite(database, {
      codeHash: hashRegistrationCode(code),
      uses,
      expiresAtMs,
    })
    return { code, link: `${publicUrl}/#code=${code}`, expiresAtMs: BigInt(expiresAtMs) }
  }
