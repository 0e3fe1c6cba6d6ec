import { verifyCertificate } from '@veche/mls/wire'
import { DecodeError, equalBytes } from '@veche/protocol'
import type { CertifiedDevice } from '../database/devices.ts'

/** The device that a certificate makes the account's, with its leaf's signature key. @throws DecodeError */
export async function readCertifiedDevice(
  accountKey: Uint8Array,
  certificate: Uint8Array,
  signatureKey: Uint8Array,
): Promise<CertifiedDevice> {
  const identity = await verifyCertificate(certificate, signatureKey)
  if (!equalBytes(identity.accountKey, accountKey))
    throw new DecodeError("device certificate: another account's")
  const { accountId, deviceId } = identity
  return { accountId, deviceId, certificate, signatureKey }
}
