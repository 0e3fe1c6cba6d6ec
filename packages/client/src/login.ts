/**
 * Signing in on a device: the password opens the account secret, which certifies the new device's key and says of the
 * account's earlier devices that have ended that they are its own no more. It comes beside the active ones: those end only
 * where the user asks for it.
 */
import { createDevice, revokeDevice } from '@veche/mls'
import { AccountId, DeviceId, labelled } from '@veche/protocol'
import type { DeviceStore } from '@veche/sync'
import type { AccountKeys } from './account-keys.ts'
import { UsageError } from './errors.ts'
import { provePassword } from './password-proof.ts'
import { makeProfile, type Registrar } from './registration.ts'
import { askServer, type TrustedServer } from './server-trust.ts'

export interface Credentials {
  readonly handle: string
  readonly password: string
  /** Whether the account's other devices end by it. */
  readonly replace?: boolean
}

/**
 * @throws RefusedError `login_failed`, `device_limit`, or as the server says; UnreachableError; UsageError
 * `other_account` where another has left its history in the profile
 */
export async function login(registrar: Registrar, credentials: Credentials): Promise<void> {
  const { accounts } = registrar
  const trusted = await askServer(accounts)
  const { token, account, devices } = await provePassword(accounts, credentials, trusted.opaquePublicKey)
  const revoked = devices.filter(({ active }) => !active || credentials.replace)
  await enrol(registrar, trusted, { token, account, revoked: revoked.map(({ deviceId }) => deviceId) })
}

/** What lets a new device in. */
export interface Admission {
  /** Of the server, good for one device. */
  readonly token: Uint8Array
  /** Wiped by it. */
  readonly account: AccountKeys
  /** Devices that are the account's no more. */
  readonly revoked: readonly Uint8Array[]
}

/** Makes this device one of the account. @throws as `login` */
export async function enrol(
  { server, accounts, store, onSignedIn }: Registrar,
  { identityKey }: Pick<TrustedServer, 'identityKey'>,
  { token, account: keys, revoked }: Admission,
): Promise<void> {
  try {
    ensureSameAccount(store, keys.accountId)
    const device = await createDevice(keys.sign, keys.accountKey)
    const { certificate, signaturePublicKey } = device
    const proof = labelled('veche enrolment proof v1', identityKey, token, certificate, signaturePublicKey)
    const { handle, displayName } = await accounts.enrolDevice({
      loginToken: token,
      deviceCertificate: certificate,
      deviceSignatureKey: signaturePublicKey,
      signature: await keys.sign(proof),
      revocations: await Promise.all(revoked.map((deviceId) => revoke(keys, deviceId))),
    })
    const named = { handle, name: displayName }
    const profile = await makeProfile(server, identityKey, named, keys, device)
    await store.erase({ case: 'profile', value: profile })
    await onSignedIn?.(keys)
  } finally {
    keys.wipe()
  }
}

/** What another account has left in this profile is not to be mixed with one's own. */
export function ensureSameAccount({ state: { keptHistory } }: DeviceStore, accountId: AccountId): void {
  if (keptHistory && AccountId.fromBytes(keptHistory.accountId) !== accountId)
    throw new UsageError('other_account')
}

export function revoke({ sign, accountKey }: AccountKeys, deviceId: Uint8Array): Promise<Uint8Array> {
  return revokeDevice(sign, accountKey, DeviceId.fromBytes(deviceId))
}
