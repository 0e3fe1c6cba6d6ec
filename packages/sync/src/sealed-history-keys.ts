/**
 * History keys in an account's backup: sealed to its backup key, which only the account secret opens, and signed by the
 * device that puts them there, or else the server could put keys of its own there (attack A17).
 * Format: proto/veche/e2ee/v1/history_keys.proto.
 */
import { create } from '@bufbuild/protobuf'
import { type Device, sealTo, verifyCertificate } from '@veche/mls'
import {
  AccountId,
  ChatId,
  DecodeError,
  decodeMessage,
  encodeMessage,
  isSignedBy,
  labelled,
  sign,
} from '@veche/protocol'
import {
  type HistoryKey,
  HistoryKeysSchema,
  SealedHistoryKeysSchema,
} from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import { LARGEST_BYTES, pad, unpad } from './padding.ts'

const VERSION = 1
/** What the server takes. */
const MAX_SEALED_BYTES = 65_536
/** As many as fit: padded, they have at most 32,768 bytes. */
export const MAX_KEYS = 450

/** Opens what was sealed to the account's backup key, for a purpose. @throws DecodeError */
export type OpenBackup = (info: Uint8Array, sealed: Uint8Array) => Promise<Uint8Array>

/** @param keys at most MAX_KEYS. @returns SealedHistoryKeys bytes */
export async function sealHistoryKeys(
  device: Device,
  { accountId, backupKey }: { readonly accountId: AccountId; readonly backupKey: Uint8Array },
  keys: readonly HistoryKey[],
): Promise<Uint8Array> {
  const purpose = purposeOf(accountId)
  const text = pad(encodeMessage(HistoryKeysSchema, create(HistoryKeysSchema, { keys: [...keys] })))
  const ciphertext = await sealTo(backupKey, purpose, text)
  const sealed = create(SealedHistoryKeysSchema, {
    version: VERSION,
    deviceCertificate: device.certificate,
    deviceSignatureKey: device.signaturePublicKey,
    ciphertext,
    signature: await sign(
      device.signaturePrivateKey,
      labelled(LABEL, AccountId.toBytes(accountId), ciphertext),
    ),
  })
  return encodeMessage(SealedHistoryKeysSchema, sealed)
}

/** @throws DecodeError unless a device of this very account has sealed them, to this account */
export async function openHistoryKeys(
  openBackup: OpenBackup,
  accountId: AccountId,
  sealed: Uint8Array,
): Promise<HistoryKey[]> {
  const { version, deviceCertificate, deviceSignatureKey, ciphertext, signature } = decodeMessage(
    SealedHistoryKeysSchema,
    sealed,
    MAX_SEALED_BYTES,
  )
  if (version !== VERSION) throw new DecodeError('history keys: unknown version')
  const author = await verifyCertificate(deviceCertificate, deviceSignatureKey)
  if (author.accountId !== accountId) throw new DecodeError('history keys: of another account')
  const signed = labelled(LABEL, AccountId.toBytes(accountId), ciphertext)
  if (!(await isSignedBy(deviceSignatureKey, signed, signature)))
    throw new DecodeError('history keys: not signed by the device that they name')
  const text = unpad(await openBackup(purposeOf(accountId), ciphertext))
  const { keys } = decodeMessage(HistoryKeysSchema, text, LARGEST_BYTES)
  if (!keys.every(isWhole)) throw new DecodeError('history keys: one of the wrong length')
  return keys
}

const LABEL = 'veche history keys v1'

function purposeOf(accountId: AccountId): Uint8Array {
  return labelled(LABEL, AccountId.toBytes(accountId))
}

function isWhole({ chatId, key }: HistoryKey): boolean {
  return chatId.length === ChatId.bytes && key.length === 32
}
