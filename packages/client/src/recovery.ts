/**
 * Taking an account back with its recovery sheet: the code opens the account secret, which sets a new password, certifies
 * this device and says of the earlier ones that they are the account's no more, unless the user keeps them. All that it rests on is stored before the
 * last request is sent, and a retry sends the same bytes: a program that dies at any point has taken the account back or
 * changed nothing, and in neither case are its keys or the words of a new sheet lost.
 */
import { create } from '@bufbuild/protobuf'
import { createDevice } from '@veche/mls'
import { encodeMessage, labelled } from '@veche/protocol'
import {
  FinishRecoveryRequestSchema,
  RecoveryStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { ProfileSchema, type Recovering, RecoveringSchema } from '@veche/protocol/gen/local/v1/device_pb.js'
import { RefusedError } from '@veche/sync'
import { type OpenedAccount, openAccount } from './account-secret.ts'
import { ensureSameAccount, revoke } from './login.ts'
import { finishPassword, makeRecoveryCode } from './new-credentials.ts'
import { startRegistration } from './opaque.ts'
import { type RecoveryCode, verifierOf } from './recovery-code.ts'
import { makeProfile, type Registrar } from './registration.ts'
import { askServer } from './server-trust.ts'

export interface RecoveryRequest {
  readonly handle: string
  readonly code: RecoveryCode
  /** The new one. */
  readonly password: string
  /** Whether a new recovery sheet takes the place of the one that is used; by default that stays good. */
  readonly newSheet?: boolean
  /** Whether the account's other devices stay; by default they end, for who lost one cannot tell in whose hands it is. */
  readonly keepDevices?: boolean
}

/**
 * @returns `resumed`: an earlier call had gone through, and its password is the one that counts
 * @throws RefusedError `recovery_failed`, `device_limit`, or as the server says; UnreachableError, after which the same
 * call goes on; UsageError `other_account` where another has left its history in the profile
 */
export async function recover(registrar: Registrar, request: RecoveryRequest): Promise<{ resumed: boolean }> {
  const { store } = registrar
  if (await settleRecovery(registrar)) {
    if (store.state.profile?.handle !== request.handle) throw new RefusedError('already_registered')
    return { resumed: true }
  }
  await takeBack(registrar, request)
  return { resumed: false }
}

/**
 * Learns what became of an earlier recovery.
 * @returns whether it has given the account back
 * @throws UnreachableError
 */
export async function settleRecovery(registrar: Registrar): Promise<boolean> {
  const left = registrar.store.state.recovering
  if (!left) return false
  try {
    await finish(registrar, left)
    return true
  } catch (error) {
    if (!(error instanceof RefusedError) || error.retryAfterMs > 0) throw error
    return false
  }
}

/** The account secret ends here. */
async function takeBack(registrar: Registrar, request: RecoveryRequest): Promise<void> {
  const { accounts, store, onStep } = registrar
  const { handle, code, password, newSheet = false, keepDevices = false } = request
  const { identityKey, opaquePublicKey } = await askServer(accounts)
  const exchange = await startRegistration(password)
  onStep('recover: start')
  const { recoveryToken, accountId, recoveryWrap, opaqueResponse, devices } = await accounts.startRecovery({
    handle,
    verifier: verifierOf(code),
    opaqueRequest: exchange.request,
  })
  const account = await openAccount(accountId, recoveryWrap, code.bytes, 'veche recovery wrap v1')
  try {
    ensureSameAccount(store, account.accountId)
    const device = await createDevice(account.sign, account.accountKey)
    const revoked = devices.filter(({ active }) => !active || !keepDevices)
    const renewed = newSheet ? await makeRecoveryCode(account) : undefined
    const statement = encodeMessage(
      RecoveryStatementSchema,
      create(RecoveryStatementSchema, {
        recoveryToken,
        password: await finishPassword(exchange, opaqueResponse, opaquePublicKey, account),
        ...(renewed && { recoveryCode: renewed.recoveryCode }),
        deviceCertificate: device.certificate,
        deviceSignatureKey: device.signaturePublicKey,
        revocations: await Promise.all(revoked.map(({ deviceId }) => revoke(account, deviceId))),
      }),
    )
    const recovering = create(RecoveringSchema, {
      profile: await makeProfile(registrar.server, identityKey, { handle, name: '' }, account, device),
      request: { statement, signature: await signRecovery(account, identityKey, statement) },
      recovery: renewed?.words ?? '',
    })
    await store.store({ case: 'recovering', value: recovering })
    await finish(registrar, recovering)
    await registrar.onSignedIn?.(account)
  } finally {
    account.wipe()
  }
}

function signRecovery(
  { sign }: OpenedAccount,
  identityKey: Uint8Array,
  statement: Uint8Array,
): Promise<Uint8Array> {
  return sign(labelled('veche recovery proof v1', identityKey, statement))
}

/** Sends what is stored; afterwards the device is the account's. */
async function finish({ accounts, store, onStep }: Registrar, recovering: Recovering): Promise<void> {
  try {
    onStep('recover: finish')
    const request = recovering.request ?? create(FinishRecoveryRequestSchema)
    const { handle, displayName, administrator } = await accounts.finishRecovery(request)
    onStep('recover: finished')
    const value = create(ProfileSchema, { ...recovering.profile!, handle, displayName, administrator })
    const unseenRecovery = { case: 'unseenRecovery', value: recovering.recovery } as const
    await store.erase({ case: 'profile', value }, unseenRecovery)
  } catch (error) {
    if (error instanceof RefusedError && error.retryAfterMs === 0) {
      await store.erase({ case: 'recoveryEnded', value: {} })
    }
    throw error
  }
}
