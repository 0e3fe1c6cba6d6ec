/** The account secret, opened by a password or a recovery code for one call. */
import { AccountId, equalBytes } from '@veche/protocol'
import type { WrappedSecret } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { RefusedError } from '@veche/sync'
import { type AccountKeys, deriveAccountKeys } from './account-keys.ts'
import { unwrapSecret, type WrapLabel } from './secret-wrap.ts'

export interface OpenedAccount extends AccountKeys {
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/**
 * The account id is the hash of the key: a secret that gives another id is another account's.
 * @param input what the wrap's key follows from; the caller wipes it
 * @throws DecodeError, RefusedError `server_changed`
 */
export async function openAccount(
  accountId: Uint8Array,
  wrapped: WrappedSecret | undefined,
  input: Uint8Array,
  label: WrapLabel,
): Promise<OpenedAccount> {
  return openSecret(accountId, await unwrapSecret(wrapped, AccountId.fromBytes(accountId), input, label))
}

/**
 * @param secret 32 bytes; `wipe` overwrites it
 * @throws RefusedError `server_changed` where it is another account's
 */
export async function openSecret(accountId: Uint8Array, secret: Uint8Array): Promise<OpenedAccount> {
  const keys = await deriveAccountKeys(secret)
  const opened = { ...keys, secret, wipe: () => wipe(keys, secret) }
  if (equalBytes(AccountId.toBytes(keys.accountId), accountId)) return opened
  opened.wipe()
  throw new RefusedError('server_changed')
}

function wipe(keys: AccountKeys, secret: Uint8Array): void {
  secret.fill(0)
  keys.wipe()
}
