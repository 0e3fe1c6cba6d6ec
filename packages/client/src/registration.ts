/**
 * Making an account. Everything that the account rests on is stored before the last request is sent, and a retry
 * sends the same bytes: a program that dies at any point makes one account or none, and never loses its keys.
 * What is left over from another try is given up only when the server has refused it.
 */
import { create } from '@bufbuild/protobuf'
import { createDevice, type Device, verifyCertificate } from '@veche/mls'
import { AccountId, DeviceId, encodeMessage, labelled } from '@veche/protocol'
import {
  FinishRegistrationRequestSchema,
  type NewPassword,
  type NewRecoveryCode,
  RegistrationStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  type Profile,
  ProfileSchema,
  type Registering,
  RegisteringSchema,
} from '@veche/protocol/gen/local/v1/device_pb.js'
import { type AccountsClient, type DeviceStore, type OnStep, RefusedError } from '@veche/sync'
import { type AccountKeys, deriveAccountKeys } from './account-keys.ts'
import type { OpenedAccount } from './account-secret.ts'
import { finishPassword, makeRecoveryCode } from './new-credentials.ts'
import { startRegistration } from './opaque.ts'
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
  /** The device is the account's, whose keys are at hand for the last time. */
  readonly onSignedIn?: (keys: AccountKeys) => Promise<void>
}

/**
 * @returns the recovery code's 12 words, which this device keeps until its owner has them in hand
 * @throws RefusedError as the server says; UnreachableError, after which the same call goes on
 */
export async function register(registrar: Registrar, account: NewAccount): Promise<{ recovery: string }> {
  const { store } = registrar
  const left = store.state.registering
  if (left && left.profile?.handle !== account.handle) await settleRegistration(registrar)
  if (store.state.profile) throw new RefusedError('already_registered')
  const registering = store.state.registering ?? (await prepare(registrar, account))
  await finish(registrar, registering)
  return { recovery: registering.recovery }
}

/** Makes everything that the account rests on, and stores it. The account secret ends here. */
async function prepare(registrar: Registrar, account: NewAccount): Promise<Registering> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const keys = await deriveAccountKeys(secret)
  try {
    const { identityKey, opaquePublicKey } = await askServer(registrar.accounts)
    const opened = { secret, accountId: keys.accountId }
    const password = await setPassword(registrar, account, opened, opaquePublicKey)
    const device = await createDevice(keys.sign, keys.accountKey)
    const { words, recoveryCode } = await makeRecoveryCode(opened)
    const statement = makeStatement(account, { keys, password, recoveryCode, device })
    const signature = await keys.sign(labelled('veche account proof v1', identityKey, statement))
    const registering = create(RegisteringSchema, {
      profile: await makeProfile(registrar.server, identityKey, account, keys, device),
      request: { statement, signature, code: account.code ?? '' },
      recovery: words,
    })
    await registrar.store.store({ case: 'registering', value: registering })
    return registering
  } finally {
    secret.fill(0)
    keys.wipe()
  }
}

/** OPAQUE's registration: the server learns nothing of the password. */
async function setPassword(
  { accounts, onStep }: Registrar,
  { password, handle, code = '' }: NewAccount,
  opened: Pick<OpenedAccount, 'secret' | 'accountId'>,
  opaquePublicKey: string,
): Promise<NewPassword> {
  const exchange = await startRegistration(password)
  onStep('register: start')
  const { opaqueResponse } = await accounts.startRegistration({
    accountId: AccountId.toBytes(opened.accountId),
    handle,
    code,
    opaqueRequest: exchange.request,
  })
  return finishPassword(exchange, opaqueResponse, opaquePublicKey, opened)
}

interface Ingredients {
  readonly keys: AccountKeys
  readonly password: NewPassword
  readonly recoveryCode: NewRecoveryCode
  readonly device: Device
}

function makeStatement(
  { handle, name }: NewAccount,
  { keys: { accountKey, backupKey }, password, recoveryCode, device }: Ingredients,
): Uint8Array {
  const { opaqueVersion, opaqueRecord, passwordWrap } = password
  const { recoveryWrap, recoveryVerifierHash } = recoveryCode
  const statement = create(RegistrationStatementSchema, {
    accountKey,
    handle,
    displayName: name,
    opaqueVersion,
    opaqueRecord,
    ...(passwordWrap && { passwordWrap }),
    ...(recoveryWrap && { recoveryWrap }),
    recoveryVerifierHash,
    backupKey,
    deviceCertificate: device.certificate,
    deviceSignatureKey: device.signaturePublicKey,
  })
  return encodeMessage(RegistrationStatementSchema, statement)
}

/** What this device keeps of its account: everything but the account secret. */
export async function makeProfile(
  server: string,
  serverIdentityKey: Uint8Array,
  { handle, name }: Pick<NewAccount, 'handle' | 'name'>,
  { accountId, accountKey, backupKey, notesKey }: AccountKeys,
  { certificate, signaturePrivateKey, signaturePublicKey }: Device,
): Promise<Profile> {
  const { deviceId } = await verifyCertificate(certificate, signaturePublicKey)
  return create(ProfileSchema, {
    server,
    serverIdentityKey,
    accountId: AccountId.toBytes(accountId),
    accountKey,
    handle,
    displayName: name,
    deviceId: DeviceId.toBytes(deviceId),
    certificate,
    signaturePrivateKey,
    signaturePublicKey,
    backupKey,
    notesKey,
  })
}

/** Sends what is stored; afterwards the device is this account's. */
async function finish({ accounts, store, onStep }: Registrar, registering: Registering): Promise<void> {
  const request = registering.request ?? create(FinishRegistrationRequestSchema)
  try {
    onStep('register: finish')
    const { administrator } = await accounts.finishRegistration(request)
    onStep('register: finished')
    const profile: Profile = create(ProfileSchema, { ...registering.profile!, administrator })
    const unseenRecovery = { case: 'unseenRecovery', value: registering.recovery } as const
    await store.erase({ case: 'profile', value: profile }, unseenRecovery)
  } catch (error) {
    if (error instanceof RefusedError && error.retryAfterMs === 0) {
      await store.erase({ case: 'registrationEnded', value: {} })
    }
    throw error
  }
}

/** Learns what became of an earlier try: it may have made its account. @throws UnreachableError */
export async function settleRegistration(registrar: Registrar): Promise<void> {
  const left = registrar.store.state.registering
  if (!left) return
  try {
    await finish(registrar, left)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
  }
}
