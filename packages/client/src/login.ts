/**
 * Signing in on a device: the password opens the account secret, which certifies the new device's key and says of the
 * account's earlier devices that they are its own no more. An account has one device for now: another that is active
 * ends only where the user asks for it.
 */
import { createDevice, revokeDevice } from '@veche/mls'
import { AccountId, DeviceId, equalBytes, labelled } from '@veche/protocol'
import type { LoginDevice, WrappedSecret } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { type AccountsClient, type DeviceStore, RefusedError } from '@veche/sync'
import { type AccountKeys, deriveAccountKeys } from './account-keys.ts'
import { UsageError } from './errors.ts'
import { startLogin } from './opaque.ts'
import { makeProfile, type Registrar } from './registration.ts'
import { unwrapSecret } from './secret-wrap.ts'
import { askServer } from './server-trust.ts'

export interface Credentials {
  readonly handle: string
  readonly password: string
  /** Whether another device of the account that is active ends by it; else the server refuses with `device_limit`. */
  readonly replace?: boolean
}

/**
 * @throws RefusedError `login_failed`, `device_limit`, or as the server says; UnreachableError; UsageError
 * `other_account` where another has left its history in the profile
 */
export async function login({ server, accounts, store }: Registrar, credentials: Credentials): Promise<void> {
  const { identityKey, opaquePublicKey } = await askServer(accounts)
  const { token, keys, devices } = await prove(accounts, credentials, opaquePublicKey)
  try {
    ensureSameAccount(store, keys.accountId)
    const device = await createDevice(keys.sign, keys.accountKey)
    const { certificate, signaturePublicKey } = device
    const proof = labelled('veche enrolment proof v1', identityKey, token, certificate, signaturePublicKey)
    const revoked = devices.filter(({ active }) => !active || credentials.replace)
    const { handle, displayName } = await accounts.enrolDevice({
      loginToken: token,
      deviceCertificate: certificate,
      deviceSignatureKey: signaturePublicKey,
      signature: await keys.sign(proof),
      revocations: await Promise.all(revoked.map(({ deviceId }) => revoke(keys, deviceId))),
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
): Promise<{ token: Uint8Array; keys: AccountKeys; devices: readonly LoginDevice[] }> {
  const exchange = await startLogin(password)
  const { loginId, opaqueResponse } = await accounts.startLogin({ handle, opaqueRequest: exchange.request })
  const finished = exchange.finish(opaqueResponse)
  if (!finished) throw new RefusedError('login_failed')
  if (finished.serverPublicKey !== opaquePublicKey) throw new RefusedError('server_changed')
  const { loginToken, accountId, passwordWrap, devices } = await accounts.finishLogin({
    loginId,
    opaqueFinish: finished.message,
  })
  return { token: loginToken, keys: await openKeys(accountId, passwordWrap, finished.exportKey), devices }
}

/** What another account has left in this profile is not to be mixed with one's own. */
function ensureSameAccount({ state: { keptHistory } }: DeviceStore, accountId: AccountId): void {
  if (keptHistory && AccountId.fromBytes(keptHistory.accountId) !== accountId)
    throw new UsageError('other_account')
}

function revoke({ sign, accountKey }: AccountKeys, deviceId: Uint8Array): Promise<Uint8Array> {
  return revokeDevice(sign, accountKey, DeviceId.fromBytes(deviceId))
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
