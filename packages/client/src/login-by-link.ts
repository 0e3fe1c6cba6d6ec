/** Signing in on a new device that an old one lets in: nothing is typed here but the code that the old one shows. */
import { equalBytes } from '@veche/protocol'
import { RefusedError } from '@veche/sync'
import { openSecret } from './account-secret.ts'
import { askIn, type Opening } from './linking.ts'
import { parseLinkingCode } from './linking-code.ts'
import { enrol } from './login.ts'
import type { Registrar } from './registration.ts'
import { askServer } from './server-trust.ts'

export interface LinkingRequest extends Opening {
  /** As the old device shows it. */
  readonly code: string
}

/**
 * @throws DecodeError unless it is such a code; RefusedError `linking_unknown`, `server_changed` where the old device knows
 * another server or account; UnreachableError; UsageError `other_account`
 */
export async function loginByLink(registrar: Registrar, { code, ...opening }: LinkingRequest): Promise<void> {
  const seed = parseLinkingCode(code)
  const trusted = await askServer(registrar.accounts)
  const answer = await askIn(registrar.accounts, seed, opening)
  const { accountId, accountSecret, loginToken: token, serverIdentityKey } = answer
  try {
    if (!equalBytes(serverIdentityKey, trusted.identityKey)) throw new RefusedError('server_changed')
    const account = await openSecret(accountId, accountSecret)
    await enrol(registrar, trusted, { token, account, revoked: [] })
  } finally {
    accountSecret.fill(0)
  }
}
