/** Key packages (RFC 9420 section 10): what a device leaves with the server so that others can add it. */
import { sha256 } from '@noble/hashes/sha2.js'
import { DecodeError, equalBytes, utf8 } from '@veche/protocol'
import type { KeyPackage, PrivateKeyPackage } from 'ts-mls'
import { composeBufferEncoders, encode } from 'ts-mls/codec/tlsEncoder.js'
import { varLenDataEncoder } from 'ts-mls/codec/variableLength.js'
import { encodeKeyPackage, generateKeyPackageWithKey, verifyKeyPackage } from 'ts-mls/keyPackage.js'
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { type Device, type DeviceIdentity, verifyCertificate } from './device.ts'
import { capabilities, certificateOf, isCapable } from './engine.ts'
import { decodeMessageOf, MAX_KEY_PACKAGE_BYTES } from './mls-message.ts'
import { SUITE_NAME, suite } from './provider.ts'
import { openRecord, sealRecord } from './record.ts'

/** RFC 9420 section 17.3: this package may be given out when all others are used up. */
const LAST_RESORT_EXTENSION = 0x000a
const DAY_MS = 86_400_000
const LIFETIME_MS = 90 * DAY_MS
/** A clock may be this much ahead of the adder's. */
const SKEW_MS = DAY_MS

export interface NewKeyPackage {
  /** MLSMessage, for the server. */
  readonly keyPackage: Uint8Array
  /** KeyPackageRef, 32 bytes: what a welcome names. */
  readonly reference: Uint8Array
  /** To be kept before the package is uploaded, and deleted once it was joined with. */
  readonly privatePart: Uint8Array
}

/** `nowMs`: milliseconds since 1970; the package is good from the day before to the 90th day after. */
export async function newKeyPackage(
  device: Device,
  { nowMs, lastResort = false }: { nowMs: number; lastResort?: boolean },
): Promise<NewKeyPackage> {
  const { keyPackage, privateKeys } = await generateKeyPackage(device, nowMs, lastResort)
  const bytes = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage })
  return {
    keyPackage: bytes,
    reference: keyPackageReference(keyPackage),
    privatePart: sealRecord('privatePart', [bytes, privateKeys.initPrivateKey, privateKeys.hpkePrivateKey]),
  }
}

export async function generateKeyPackage(
  device: Device,
  nowMs: number,
  lastResort: boolean,
): Promise<{ keyPackage: KeyPackage; privateKeys: PrivateKeyPackage }> {
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: device.certificate },
    capabilities,
    lifetimeFrom(nowMs),
    lastResort ? [{ extensionType: LAST_RESORT_EXTENSION, extensionData: new Uint8Array() }] : [],
    { signKey: device.signaturePrivateKey, publicKey: device.signaturePublicKey },
    suite,
  )
  return { keyPackage: publicPackage, privateKeys: privatePackage }
}

/** Gives back what `newKeyPackage` asked to keep. @throws DecodeError */
export function openPrivatePart(
  privatePart: Uint8Array,
  device: Device,
): { keyPackage: KeyPackage; privateKeys: PrivateKeyPackage } {
  const [bytes, initPrivateKey, hpkePrivateKey] = openRecord('privatePart', privatePart, 3)
  const keyPackage = decodeKeyPackage(bytes!)
  if (!equalBytes(keyPackage.leafNode.signaturePublicKey, device.signaturePublicKey)) {
    throw new DecodeError('key package: of another device')
  }
  return {
    keyPackage,
    privateKeys: {
      initPrivateKey: initPrivateKey!,
      hpkePrivateKey: hpkePrivateKey!,
      signaturePrivateKey: device.signaturePrivateKey,
    },
  }
}

/** KeyPackageRef (RFC 9420 section 5.2). */
export function keyPackageReference(keyPackage: KeyPackage): Uint8Array {
  const labelAndValue = encode(composeBufferEncoders([varLenDataEncoder, varLenDataEncoder]))
  return sha256(labelAndValue([utf8('MLS 1.0 KeyPackage Reference'), encodeKeyPackage(keyPackage)]))
}

/** Decodes without verifying. @throws DecodeError */
export function decodeKeyPackage(bytes: Uint8Array): KeyPackage {
  const { keyPackage } = decodeMessageOf('mls_key_package', bytes, MAX_KEY_PACKAGE_BYTES)
  if (keyPackage.cipherSuite !== SUITE_NAME) throw new DecodeError('key package: unknown cipher suite')
  return keyPackage
}

export interface KeyPackageFacts {
  readonly identity: DeviceIdentity
  readonly certificate: Uint8Array
  readonly signatureKey: Uint8Array
  readonly reference: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly lastResort: boolean
}

/** Reads a key package and verifies certificate and signatures; its lifetime is the caller's. @throws DecodeError */
export async function readKeyPackage(bytes: Uint8Array): Promise<KeyPackageFacts> {
  const keyPackage = decodeKeyPackage(bytes)
  const { leafNode } = keyPackage
  const certificate = certificateOf(leafNode.credential)
  const identity = await verifyCertificate(certificate, leafNode.signaturePublicKey)
  if (!isCapable(leafNode)) throw new DecodeError('key package: its device cannot take part in a chat')
  const signed =
    (await verifyLeafNodeSignatureKeyPackage(leafNode, suite.signature)) &&
    (await verifyKeyPackage(keyPackage, suite.signature))
  if (!signed) throw new DecodeError('key package: bad signature')
  return {
    identity,
    certificate,
    signatureKey: leafNode.signaturePublicKey,
    reference: keyPackageReference(keyPackage),
    ...lifetimeOf(keyPackage),
    lastResort: keyPackage.extensions.some(({ extensionType }) => extensionType === LAST_RESORT_EXTENSION),
  }
}

function lifetimeOf({ leafNode }: KeyPackage): { notBeforeMs: number; notAfterMs: number } {
  if (leafNode.leafNodeSource !== 'key_package')
    throw new DecodeError('key package: its leaf has no lifetime')
  const { notBefore, notAfter } = leafNode.lifetime
  return { notBeforeMs: Number(notBefore) * 1000, notAfterMs: Number(notAfter) * 1000 }
}

/** Whole days: when in the day a device made its packages is nobody's business (M6). */
function lifetimeFrom(nowMs: number): { notBefore: bigint; notAfter: bigint } {
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS
  return { notBefore: toSeconds(todayMs - SKEW_MS), notAfter: toSeconds(todayMs + LIFETIME_MS) }
}

function toSeconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1000))
}
