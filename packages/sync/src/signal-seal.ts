/**
 * Encrypts what members tell each other beside the log:
 *
 *   Signal -> SignedSignal -> padded -> AES-256-GCM under the signal key of the sender's epoch
 *
 * The signal key is an MLS exporter secret (RFC 9420 section 8.5) that every member has, so who sent a signal is said by
 * its signature alone. Formats: proto/veche/e2ee/v1/marks.proto.
 */
import { create } from '@bufbuild/protobuf'
import { type Device, exportSecret, type Group, view } from '@veche/mls'
import {
  AccountId,
  ChatId,
  concatBytes,
  DecodeError,
  DeviceId,
  decodeMessage,
  encodeMessage,
  isSignedBy,
  labelled,
  sign,
} from '@veche/protocol'
import { type Signal, SignalSchema, SignedSignalSchema } from '@veche/protocol/gen/e2ee/v1/marks_pb.js'
import { type EpochSecret, EpochSecretSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { open, seal, TAG_BYTES } from './aes-gcm.ts'
import { pad, unpad } from './padding.ts'

const EPOCH_BYTES = 8
const NONCE_BYTES = 12
const PADDED_BYTES = 256
const SEALED_BYTES = EPOCH_BYTES + NONCE_BYTES + PADDED_BYTES + TAG_BYTES
/** Of how many epochs signals can still be opened. */
const KEPT_EPOCHS = 4

export interface SignalSender {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
}

/** The signal key of the group's present epoch, 32 bytes. */
export function signalKeyOf(group: Group): Promise<Uint8Array> {
  return exportSecret(group, 'veche signal key v1', new Uint8Array(), 32)
}

/** The keys of the last epochs stay, those before are forgotten. */
export function withoutOldSignalKeys(epochs: readonly EpochSecret[]): readonly EpochSecret[] {
  const old = epochs.length - KEPT_EPOCHS
  return epochs.map((secret, index) => {
    if (index >= old || secret.signalKey.length === 0) return secret
    const { epoch, historyKey, epochDigest } = secret
    return create(EpochSecretSchema, { epoch, historyKey, epochDigest })
  })
}

/** @returns what SetReadMark and SendSignal take */
export async function sealSignal(
  group: Group,
  device: Device,
  sender: SignalSender,
  signal: Signal,
): Promise<Uint8Array> {
  const bytes = encodeMessage(SignalSchema, signal)
  const place = placeBytes(group.chatId, sender)
  const signature = await sign(device.signaturePrivateKey, concatBytes(place, bytes))
  const signed = encodeMessage(SignedSignalSchema, create(SignedSignalSchema, { signal: bytes, signature }))
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const parameters = { key: await signalKeyOf(group), nonce, associatedData: place }
  return concatBytes(epochBytes(view(group).epoch), nonce, await seal(parameters, pad(signed)))
}

/**
 * @param sender as the server names it
 * @throws DecodeError unless a device that is in the group now has sealed and signed it, in an epoch whose key is kept
 */
export async function openSignal(
  chat: { readonly group: Group; readonly epochs: readonly EpochSecret[] },
  sender: SignalSender,
  sealed: Uint8Array,
): Promise<Signal> {
  if (sealed.length !== SEALED_BYTES) throw new DecodeError(`signal: not ${SEALED_BYTES} bytes`)
  const key = await keyOf(chat, sealed)
  const member = view(chat.group).members.find(
    ({ accountId, deviceId }) => accountId === sender.accountId && deviceId === sender.deviceId,
  )
  if (!member) throw new DecodeError('signal: not of a member')
  const place = placeBytes(chat.group.chatId, sender)
  const nonce = sealed.subarray(EPOCH_BYTES, EPOCH_BYTES + NONCE_BYTES)
  const padded = await open({ key, nonce, associatedData: place }, sealed.subarray(EPOCH_BYTES + NONCE_BYTES))
  const { signal, signature } = decodeMessage(SignedSignalSchema, unpad(padded), PADDED_BYTES)
  if (!(await isSignedBy(member.signatureKey, concatBytes(place, signal), signature)))
    throw new DecodeError('signal: not signed by the device that sent it')
  return decodeMessage(SignalSchema, signal, PADDED_BYTES)
}

async function keyOf(
  { group, epochs }: { readonly group: Group; readonly epochs: readonly EpochSecret[] },
  sealed: Uint8Array,
): Promise<Uint8Array> {
  const epoch = new DataView(sealed.buffer, sealed.byteOffset).getBigUint64(0)
  if (epoch === view(group).epoch) return signalKeyOf(group)
  const key = epochs.find((one) => one.epoch === epoch)?.signalKey
  if (!key || key.length === 0) throw new DecodeError('signal: of an epoch whose key is not kept')
  return key
}

function placeBytes(chatId: ChatId, { accountId, deviceId }: SignalSender): Uint8Array {
  const ids = [ChatId.toBytes(chatId), AccountId.toBytes(accountId), DeviceId.toBytes(deviceId)]
  return labelled('veche signal v1', ...ids)
}

function epochBytes(epoch: bigint): Uint8Array {
  const bytes = new Uint8Array(EPOCH_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, epoch)
  return bytes
}
