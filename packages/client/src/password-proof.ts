/** Proving the password: what every act needs that only the account's owner may do. */
import type { LoginDevice } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { type AccountsClient, RefusedError } from '@veche/sync'
import { type OpenedAccount, openAccount } from './account-secret.ts'
import { startLogin } from './opaque.ts'

export interface PasswordProof {
  /** Of the server, good for ten minutes and one act. */
  readonly token: Uint8Array
  /** The caller wipes it. */
  readonly account: OpenedAccount
  /** Those that the account has not revoked. */
  readonly devices: readonly LoginDevice[]
}

/** @throws RefusedError `login_failed`, `server_changed`; UnreachableError */
export async function provePassword(
  accounts: AccountsClient,
  { handle, password }: { readonly handle: string; readonly password: string },
  opaquePublicKey: string,
): Promise<PasswordProof> {
  const exchange = await startLogin(password)
  const { loginId, opaqueResponse } = await accounts.startLogin({ handle, opaqueRequest: exchange.request })
  const finished = exchange.finish(opaqueResponse)
  if (!finished) throw new RefusedError('login_failed')
  const { message: opaqueFinish, exportKey, serverPublicKey } = finished
  if (serverPublicKey !== opaquePublicKey) throw new RefusedError('server_changed')
  const {
    loginToken: token,
    accountId,
    passwordWrap,
    devices,
  } = await accounts.finishLogin({ loginId, opaqueFinish })
  const account = await openAccount(accountId, passwordWrap, exportKey, 'veche account secret wrap v1')
  exportKey.fill(0)
  return { token, account, devices }
}
