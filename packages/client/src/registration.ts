/**
 * Making an account. Everything that the account rests on is stored before the last request is sent, and a retry
 * sends the same bytes: a program that dies at any point makes one account or none, and never loses its keys.
 * What is left over from another try is given up only when the server has refused it.
 */
import { create } from '@bufbuild/protobuf'
import { createDevice, verifyCertificate } from '@veche/mls'
import { AccountId, DeviceId, encodeMessage, labelled } from '@veche/protocol'
import {
  FinishRegistrationRequestSchema,
  RegistrationStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  type Profile,
  ProfileSchema,
  type Registering,
  RegisteringSchema,
} from '@veche/protocol/gen/local/v1/device_pb.js'
import { type AccountsClient, type DeviceStore, type OnStep, RefusedError } from '@veche/sync'
import { deriveAccountKeys } from './account-keys.ts'
import { OPAQUE_VERSION, startRegistration } from './opaque.ts'
import { createRecoveryCode, verifierHash } from './recovery-code.ts'
import { wrapSecret } from './secret-wrap.ts'
import { askServer } from './server-trust.ts'

export interface NewAccount {
  readonly handle: string
  /** Shown beside the handle. */
  readonly name: string
  readonly password: string
  /** The registration code, where the server asks for one. */
  readonly code?: string
}

export interface Registrar {
  /** The server's URL. */
  readonly server: string
  readonly accounts: AccountsClient
  readonly store: DeviceStore
  readonly onStep: OnStep
}

/**
 * @returns the recovery code's 12 words: shown now and never again
 * @throws RefusedError as the server says; UnreachableError, after which the same call goes on
 */
export async function register(registrar: Registrar, account: NewAccount): Promise<{ recovery: string }> {
  const { store } = registrar
  const left = store.state.registering
  if (left && left.profile?.handle !== account.handle) await giveUp(registrar, left)
  if (store.state.profile) throw new RefusedError('already_registered')
  const registering = store.state.registering ?? (await prepare(registrar, account))
  await finish(registrar, registering)
  return { recovery: registering.recovery }
}

async function prepare(registrar: Registrar, account: NewAccount): Promise<Registering> {
  const { accounts, store, onStep } = registrar
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const keys = await deriveAccountKeys(secret)
  try {
    const { identityKey, opaquePublicKey } = await askServer(accounts)
    const exchange = await startRegistration(account.password)
    onStep('register: start')
    const { opaqueResponse } = await accounts.startRegistration({
      accountId: AccountId.toBytes(keys.accountId),
      handle: account.handle,
      code: account.code ?? '',
      opaqueRequest: exchange.request,
    })
    const { message: opaqueRecord, exportKey, serverPublicKey } = exchange.finish(opaqueResponse)!
    if (serverPublicKey !== opaquePublicKey) throw new RefusedError('server_changed')
    const device = await createDevice(keys.sign, keys.accountKey)
    const { deviceId } = await verifyCertificate(device.certificate, device.signaturePublicKey)
    const recovery = createRecoveryCode()
    const statement = encodeMessage(
      RegistrationStatementSchema,
      create(RegistrationStatementSchema, {
        accountKey: keys.accountKey,
        handle: account.handle,
        displayName: account.name,
        opaqueVersion: OPAQUE_VERSION,
        opaqueRecord,
        passwordWrap: await wrapSecret(secret, keys.accountId, exportKey, 'veche account secret wrap v1'),
        recoveryWrap: await wrapSecret(secret, keys.accountId, recovery.bytes, 'veche recovery wrap v1'),
        recoveryVerifierHash: verifierHash(recovery),
        backupKey: keys.backupKey,
        deviceCertificate: device.certificate,
        deviceSignatureKey: device.signaturePublicKey,
      }),
    )
    const registering = create(RegisteringSchema, {
      profile: {
        server: registrar.server,
        serverIdentityKey: identityKey,
        accountId: AccountId.toBytes(keys.accountId),
        accountKey: keys.accountKey,
        handle: account.handle,
        displayName: account.name,
        deviceId: DeviceId.toBytes(deviceId),
        certificate: device.certificate,
        signaturePrivateKey: device.signaturePrivateKey,
        signaturePublicKey: device.signaturePublicKey,
        backupKey: keys.backupKey,
      },
      request: {
        statement,
        signature: await keys.sign(labelled('veche account proof v1', identityKey, statement)),
        code: account.code ?? '',
      },
      recovery: recovery.words,
    })
    exportKey.fill(0)
    recovery.bytes.fill(0)
    await store.store({ case: 'registering', value: registering })
    return registering
  } finally {
    secret.fill(0)
    keys.wipe()
  }
}

/** Sends what is stored; afterwards the device is this account's, and the recovery code is forgotten. */
async function finish({ accounts, store, onStep }: Registrar, registering: Registering): Promise<void> {
  const request = registering.request ?? create(FinishRegistrationRequestSchema)
  try {
    onStep('register: finish')
    const { administrator } = await accounts.finishRegistration(request)
    onStep('register: finished')
    const profile: Profile = create(ProfileSchema, { ...registering.profile!, administrator })
    await store.erase({ case: 'profile', value: profile })
  } catch (error) {
    if (error instanceof RefusedError && error.retryAfterMs === 0) {
      await store.erase({ case: 'registrationEnded', value: {} })
    }
    throw error
  }
}

/** Learns what became of another try: it may have made its account. */
async function giveUp(registrar: Registrar, left: Registering): Promise<void> {
  try {
    await finish(registrar, left)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
  }
}
