/**
 * Devices and what an account says about them: the certificate that is the identity of every leaf, and the
 * revocation that ends it. Formats: proto/veche/e2ee/v1/certificate.proto.
 */
import { create } from '@bufbuild/protobuf'
import { sha256 } from '@noble/hashes/sha2.js'
import {
  AccountId,
  DecodeError,
  DeviceId,
  decodeCanonical,
  encodeMessage,
  equalBytes,
  isSignedBy,
  labelled,
  newKeyPair,
  randomId,
} from '@veche/protocol'
import {
  type DeviceCertificate,
  DeviceCertificateSchema,
  type DeviceRevocation,
  DeviceRevocationSchema,
} from '@veche/protocol/gen/e2ee/v1/certificate_pb.js'

const VERSION = 1
/** Both formats have fixed lengths, about 190 bytes. */
export const MAX_CERTIFICATE_BYTES = 256

/** A device of ours. The private key is the 32-byte seed of Ed25519. */
export interface Device {
  readonly certificate: Uint8Array
  readonly signaturePrivateKey: Uint8Array
  readonly signaturePublicKey: Uint8Array
}

/** What a verified certificate says. */
export interface DeviceIdentity {
  readonly accountId: AccountId
  readonly accountKey: Uint8Array
  readonly deviceId: DeviceId
}

/** Signs as the account: 64 bytes of Ed25519 over exactly the bytes given. */
export type AccountSigner = (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array

/** Makes a leaf key and has the account certify it. `deviceId` is random unless given. */
export async function createDevice(
  signAsAccount: AccountSigner,
  accountKey: Uint8Array,
  deviceId = randomId(DeviceId),
): Promise<Device> {
  const { privateKey, publicKey } = await newKeyPair()
  const unsigned = create(DeviceCertificateSchema, {
    version: VERSION,
    accountId: accountIdBytes(accountKey),
    accountKey,
    deviceId: DeviceId.toBytes(deviceId),
  })
  const signature = await signAsAccount(certificateContent(unsigned, publicKey))
  return {
    certificate: encodeMessage(DeviceCertificateSchema, { ...unsigned, signature }),
    signaturePrivateKey: privateKey,
    signaturePublicKey: publicKey,
  }
}

/** @throws DecodeError unless the account named in the certificate has certified this leaf key. */
export async function verifyCertificate(
  certificate: Uint8Array,
  leafSignatureKey: Uint8Array,
): Promise<DeviceIdentity> {
  const message = decodeStatement(DeviceCertificateSchema, certificate)
  if (leafSignatureKey.length !== 32) throw new DecodeError('leaf signature key: not 32 bytes')
  const content = certificateContent(message, leafSignatureKey)
  if (!(await isSignedBy(message.accountKey, content, message.signature))) {
    throw new DecodeError('device certificate: bad signature')
  }
  return toIdentity(message)
}

/** What a certificate says, for one that was verified when its leaf came into the tree. @throws DecodeError */
export function readCertificate(certificate: Uint8Array): DeviceIdentity {
  return toIdentity(decodeStatement(DeviceCertificateSchema, certificate))
}

/** Makes the account's word that a device is no longer its own: DeviceRevocation bytes. */
export async function revokeDevice(
  signAsAccount: AccountSigner,
  accountKey: Uint8Array,
  deviceId: DeviceId,
): Promise<Uint8Array> {
  const unsigned = create(DeviceRevocationSchema, {
    version: VERSION,
    accountId: accountIdBytes(accountKey),
    accountKey,
    deviceId: DeviceId.toBytes(deviceId),
  })
  const signature = await signAsAccount(revocationContent(unsigned))
  return encodeMessage(DeviceRevocationSchema, { ...unsigned, signature })
}

/** @throws DecodeError unless the account itself revokes the device. */
export async function verifyRevocation(revocation: Uint8Array): Promise<DeviceIdentity> {
  const message = decodeStatement(DeviceRevocationSchema, revocation)
  if (!(await isSignedBy(message.accountKey, revocationContent(message), message.signature))) {
    throw new DecodeError('device revocation: bad signature')
  }
  return toIdentity(message)
}

/** What a revocation says, unverified: who commits it verifies. @throws DecodeError */
export function readRevocation(revocation: Uint8Array): DeviceIdentity {
  return toIdentity(decodeStatement(DeviceRevocationSchema, revocation))
}

type Statement = DeviceCertificate | DeviceRevocation

function decodeStatement<Schema extends typeof DeviceCertificateSchema | typeof DeviceRevocationSchema>(
  schema: Schema,
  bytes: Uint8Array,
) {
  const message = decodeCanonical(schema, bytes, MAX_CERTIFICATE_BYTES)
  const { version, accountKey, accountId, deviceId, signature } = message as Statement
  if (version !== VERSION) throw new DecodeError(`${schema.typeName}: unknown version`)
  if (accountKey.length !== 32 || deviceId.length !== 16 || signature.length !== 64) {
    throw new DecodeError(`${schema.typeName}: a field of the wrong length`)
  }
  if (!equalBytes(accountId, accountIdBytes(accountKey))) {
    throw new DecodeError(`${schema.typeName}: the account id is not the hash of the account key`)
  }
  return message
}

function toIdentity(statement: Statement): DeviceIdentity {
  return {
    accountId: AccountId.fromBytes(statement.accountId),
    accountKey: statement.accountKey,
    deviceId: DeviceId.fromBytes(statement.deviceId),
  }
}

function accountIdBytes(accountKey: Uint8Array): Uint8Array {
  return sha256(labelled('veche account id v1', accountKey))
}

function certificateContent(certificate: DeviceCertificate, leafSignatureKey: Uint8Array): Uint8Array {
  const { accountId, deviceId } = certificate
  return labelled('veche device certificate v1', accountId, deviceId, leafSignatureKey)
}

function revocationContent({ accountId, deviceId }: DeviceRevocation): Uint8Array {
  return labelled('veche device revocation v1', accountId, deviceId)
}
