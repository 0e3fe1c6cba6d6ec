/** Proving the own password on a device that is in: what its owner alone may ask of the account. */
import { equalBytes } from '@veche/protocol'
import { RefusedError } from '@veche/sync'
import type { Member } from './member.ts'
import { type PasswordProof, provePassword } from './password-proof.ts'
import { askServer, type TrustedServer } from './server-trust.ts'

/** @throws RefusedError `server_changed` where it is not the one that this device knows; UnreachableError */
export async function askOwnServer({ profile, server }: Member): Promise<TrustedServer> {
  const trusted = await askServer(server.accounts)
  if (!equalBytes(trusted.identityKey, profile.serverIdentityKey)) throw new RefusedError('server_changed')
  return trusted
}

/**
 * Another account under the own handle would be another server's doing.
 * @throws RefusedError `login_failed`, `too_many_calls`, `server_changed`; UnreachableError
 */
export async function proveOwnPassword(
  { own, server }: Member,
  { opaquePublicKey }: TrustedServer,
  password: string,
): Promise<PasswordProof> {
  const proof = await provePassword(server.accounts, { handle: own.handle, password }, opaquePublicKey)
  if (proof.account.accountId === own.account) return proof
  proof.account.wipe()
  throw new RefusedError('server_changed')
}
