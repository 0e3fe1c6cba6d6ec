/** A client's half of the contract, for one person with one device. */

import { createHash, randomBytes } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import * as opaque from '@serenity-kit/opaque'
import { createDevice, type Device, newKeyPackage, revokeDevice } from '@veche/mls'
import { AccountId, DeviceId, decodeCanonical, labelled } from '@veche/protocol'
import {
  type FinishRegistrationRequest,
  FinishRegistrationRequestSchema,
  NewPasswordSchema,
  type RegistrationStatement,
  RegistrationStatementSchema,
  WrappedSecretSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { DeviceCertificateSchema } from '@veche/protocol/gen/e2ee/v1/certificate_pb.js'
import { insertDevice, listDevices } from '../database/devices.ts'
import { createSigningKey, openSigningKey, type SigningKey, sign } from '../keys/ed25519.ts'
import type { PublicClients, TestService } from './test-service.ts'

/** The server cannot see how a password is stretched; the least that there is keeps tests quick. */
const keyStretching = { 'argon2id-custom': { iterations: 1, memory: 8, parallelism: 1 } }

export interface Person {
  readonly accountId: AccountId
  readonly accountKey: SigningKey
  readonly handle: string
  readonly displayName: string
  readonly password: string
  /** 32 bytes, that a recovery code would give. */
  readonly verifier: Uint8Array
  readonly device: Device
  readonly deviceId: DeviceId
}

export async function newPerson(
  handle: string,
  { displayName = 'Алиса', password = `password of ${handle}` }: Partial<Person> = {},
): Promise<Person> {
  const accountKey = openSigningKey(createSigningKey())
  const accountId = createHash('sha256')
    .update(labelled('veche account id v1', accountKey.publicKey))
    .digest()
  const device = await newDevice(accountKey)
  return {
    accountId: AccountId.fromBytes(accountId),
    accountKey,
    handle,
    displayName,
    password,
    verifier: randomBytes(32),
    device,
    deviceId: deviceIdOf(device),
  }
}

export function newDevice(accountKey: SigningKey): Promise<Device> {
  return createDevice((bytes) => sign(accountKey, bytes), accountKey.publicKey)
}

/** Enrols devices as the service would, until the account has so many. */
export async function fillDevices(
  { database }: TestService,
  { accountId, accountKey }: Person,
  until: number,
): Promise<void> {
  const present = await listDevices(database, [accountId])
  for (let count = present.length; count < until; count++) {
    const device = await newDevice(accountKey)
    const { certificate, signaturePublicKey: signatureKey } = device
    await insertDevice(database, { accountId, deviceId: deviceIdOf(device), certificate, signatureKey }, 0)
  }
}

/** The account's word that a device is its own no more. */
export function revocationOf(
  { accountKey, deviceId }: Pick<Person, 'accountKey' | 'deviceId'>,
  signer: SigningKey = accountKey,
): Promise<Uint8Array> {
  return revokeDevice((bytes) => sign(signer, bytes), accountKey.publicKey, deviceId)
}

export function deviceIdOf({ certificate }: Device): DeviceId {
  return DeviceId.fromBytes(decodeCanonical(DeviceCertificateSchema, certificate, 1000).deviceId)
}

/** Registers, and gives the access token of the new device. */
export async function register(service: TestService, person: Person, code = ''): Promise<string> {
  await service.as().accounts.finishRegistration(await prepareRegistration(service, person, code))
  return accessToken(service, person)
}

export interface StatementChanges {
  /** Changed before signing. */
  readonly statement?: Partial<RegistrationStatement>
  readonly signer?: SigningKey
}

/** The first half of a registration, and the request of the second. */
export async function prepareRegistration(
  service: TestService,
  person: Person,
  code = '',
  { statement: changes = {}, signer = person.accountKey }: StatementChanges = {},
): Promise<FinishRegistrationRequest> {
  const { accounts } = service.as()
  const { password, handle } = person
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password })
  const { opaqueResponse: registrationResponse } = await accounts.startRegistration({
    accountId: AccountId.toBytes(person.accountId),
    handle,
    code,
    opaqueRequest: registrationRequest,
  })
  const finish = { password, clientRegistrationState, registrationResponse, keyStretching }
  const statement = toBinary(RegistrationStatementSchema, {
    ...create(RegistrationStatementSchema, {
      accountKey: person.accountKey.publicKey,
      handle,
      displayName: person.displayName,
      opaqueVersion: 1,
      opaqueRecord: opaque.client.finishRegistration(finish).registrationRecord,
      passwordWrap: wrap(),
      recoveryWrap: wrap(),
      recoveryVerifierHash: hashOf(person.verifier),
      backupKey: randomBytes(32),
      deviceCertificate: person.device.certificate,
      deviceSignatureKey: person.device.signaturePublicKey,
    }),
    ...changes,
  })
  const { identityKey } = await accounts.getServer({})
  const signature = sign(signer, labelled('veche account proof v1', identityKey, statement))
  return create(FinishRegistrationRequestSchema, { statement, signature, code })
}

export function hashOf(verifier: Uint8Array): Uint8Array {
  return createHash('sha256').update(verifier).digest()
}

/** A client's half of setting a password: what it sends first, and what it makes of the answer. */
export function startPassword(password: string) {
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password })
  return {
    opaqueRequest: registrationRequest,
    finish(registrationResponse: string) {
      const finish = { password, clientRegistrationState, registrationResponse, keyStretching }
      const opaqueRecord = opaque.client.finishRegistration(finish).registrationRecord
      return create(NewPasswordSchema, { opaqueVersion: 1, opaqueRecord, passwordWrap: wrap() })
    },
  }
}

export function wrap() {
  return create(WrappedSecretSchema, { version: 1, nonce: randomBytes(12), ciphertext: randomBytes(48) })
}

/** Proves the person's device. */
export async function accessToken(
  service: TestService,
  { accountId, deviceId, device }: Person,
): Promise<string> {
  const { accounts } = service.as()
  const { identityKey } = await accounts.getServer({})
  const { challenge } = await accounts.createChallenge({})
  const account = AccountId.toBytes(accountId)
  const id = DeviceId.toBytes(deviceId)
  const proof = labelled('veche device proof v1', identityKey, account, id, challenge)
  const signature = await signAsDevice(device, proof)
  const answer = await accounts.createAccessToken({ challenge, accountId: account, deviceId: id, signature })
  return answer.accessToken
}

/** Ed25519 by the device's leaf key, whose private key is its 32-byte seed. */
export async function signAsDevice(device: Device, bytes: Uint8Array): Promise<Uint8Array> {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex') // PKCS #8 of a seed, RFC 8410 section 7
  return sign(openSigningKey(Buffer.concat([prefix, device.signaturePrivateKey])), bytes)
}

/** Signs in with a password, up to the login token; undefined where the client itself sees that it is wrong. */
export async function logIn({ accounts }: PublicClients, handle: string, password: string) {
  const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password })
  const { loginId, opaqueResponse } = await accounts.startLogin({ handle, opaqueRequest: startLoginRequest })
  const finish = { password, clientLoginState, loginResponse: opaqueResponse, keyStretching }
  const finished = opaque.client.finishLogin(finish)
  return finished && accounts.finishLogin({ loginId, opaqueFinish: finished.finishLoginRequest })
}

/** Key packages of a device as they are uploaded. */
export async function newKeyPackages(device: Device, count: number, nowMs: number): Promise<Uint8Array[]> {
  const made = Array.from({ length: count }, () => newKeyPackage(device, { nowMs }))
  return (await Promise.all(made)).map(({ keyPackage }) => keyPackage)
}
