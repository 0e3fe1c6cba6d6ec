/** Device certificates (proto/veche/e2ee/v1/certificate.proto), as the server checks them before it keeps one. */
import { createHash } from 'node:crypto'
import { AccountId, DecodeError, DeviceId, decodeCanonical, equalBytes, labelled } from '@veche/protocol'
import { DeviceCertificateSchema } from '@veche/protocol/gen/e2ee/v1/certificate_pb.js'
import type { CertifiedDevice } from '../database/devices.ts'
import { isSignedBy } from '../keys/ed25519.ts'

/** Every field has a fixed length: about 190 bytes. */
const MAX_CERTIFICATE_BYTES = 256

/** The device that a certificate makes the account's, with its leaf's signature key. @throws DecodeError */
export function readCertifiedDevice(
  accountKey: Uint8Array,
  certificate: Uint8Array,
  signatureKey: Uint8Array,
): CertifiedDevice {
  const read = decodeCanonical(DeviceCertificateSchema, certificate, MAX_CERTIFICATE_BYTES)
  if (read.version !== 1) throw new DecodeError('device certificate: unknown version')
  if (!equalBytes(read.accountKey, accountKey)) throw new DecodeError("device certificate: another account's")
  const accountId = createHash('sha256').update(labelled('veche account id v1', accountKey)).digest()
  if (!equalBytes(read.accountId, accountId)) {
    throw new DecodeError('device certificate: the account id is not the hash of the account key')
  }
  if (signatureKey.length !== 32) throw new DecodeError('leaf signature key: not 32 bytes')
  const { deviceId, signature } = read
  const signed = labelled('veche device certificate v1', accountId, deviceId, signatureKey)
  if (!isSignedBy(accountKey, signed, signature)) throw new DecodeError('device certificate: bad signature')
  return {
    accountId: AccountId.fromBytes(accountId),
    deviceId: DeviceId.fromBytes(deviceId),
    certificate,
    signatureKey,
  }
}
