/**
 * Signing in on a further device: the password opens the account secret, which certifies the new device's key. An
 * account has one device for now, so the server refuses the last step with `device_limit`.
 */
import { createDevice } from '@veche/mls'
import { AccountId, equalBytes, labelled } from '@veche/protocol'
import type { WrappedSecret } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { type AccountsClient, RefusedError } from '@veche/sync'
import { type AccountKeys, deriveAccountKeys } from './account-keys.ts'
import { startLogin } from './opaque.ts'
import { makeProfile, type Registrar } from './registration.ts'
import { unwrapSecret } from './secret-wrap.ts'
import { askServer } from './server-trust.ts'

export interface Credentials {
  readonly handle: string
  readonly password: string
}

/** @throws RefusedError `login_failed`, `device_limit`, or as the server says; UnreachableError */
export async function login({ server, accounts, store }: Registrar, credentials: Credentials): Promise<void> {
  const { identityKey, opaquePublicKey } = await askServer(accounts)
  const { token, keys } = await prove(accounts, credentials, opaquePublicKey)
  try {
    const device = await createDevice(keys.sign, keys.accountKey)
    const { certificate, signaturePublicKey } = device
    const proof = labelled('veche account proof v1', identityKey, token, certificate, signaturePublicKey)
    const { handle, displayName } = await accounts.enrolDevice({
      loginToken: token,
      deviceCertificate: certificate,
      deviceSignatureKey: signaturePublicKey,
      signature: await keys.sign(proof),
    })
    const named = { handle, name: displayName }
    const profile = await makeProfile(server, identityKey, named, keys, device)
    await store.erase({ case: 'profile', value: profile })
  } finally {
    keys.wipe()
  }
}

async function prove(
  accounts: AccountsClient,
  { handle, password }: Credentials,
  opaquePublicKey: string,
): Promise<{ token: Uint8Array; keys: AccountKeys }> {
  const exchange = await startLogin(password)
  const { loginId, opaqueResponse } = await accounts.startLogin({ handle, opaqueRequest: exchange.request })
  const finished = exchange.finish(opaqueResponse)
  if (!finished) throw new RefusedError('login_failed')
  if (finished.serverPublicKey !== opaquePublicKey) throw new RefusedError('server_changed')
  const { loginToken, accountId, passwordWrap } = await accounts.finishLogin({
    loginId,
    opaqueFinish: finished.message,
  })
  return { token: loginToken, keys: await openKeys(accountId, passwordWrap, finished.exportKey) }
}

/** The account id is the hash of the key: a secret that gives another id is another account's. */
async function openKeys(
  accountId: Uint8Array,
  passwordWrap: WrappedSecret | undefined,
  exportKey: Uint8Array,
): Promise<AccountKeys> {
  const label = 'veche account secret wrap v1'
  const secret = await unwrapSecret(passwordWrap, AccountId.fromBytes(accountId), exportKey, label)
  exportKey.fill(0)
  const keys = await deriveAccountKeys(secret)
  secret.fill(0)
  if (!equalBytes(AccountId.toBytes(keys.accountId), accountId)) throw new RefusedError('server_changed')
  return keys
}
