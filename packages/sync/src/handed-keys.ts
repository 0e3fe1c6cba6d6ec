/**
 * History keys that go along to a device that comes into a chat anew: of the epochs that it could not follow and was in. It
 * gets no other: what a device was not there for is the account's backup to open, with the password.
 */
import { create } from '@bufbuild/protobuf'
import { type GroupMember, membersIn, sealHandover } from '@veche/mls'
import { ChatId, DecodeError, decodeMessage, encodeMessage, equalBytes } from '@veche/protocol'
import { type HistoryKey, HistoryKeysSchema } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import type { HistoryKeyStore } from './history-key-store.ts'
import type { LocalChat } from './local-chat.ts'

/** Of nine epochs: the present one and those that the group still remembers. */
const MAX_KEYS = 9
const MAX_BYTES = 64 * 1024

/** For a commit's `handover`; undefined where the server keeps nothing that they would open (M22). */
export async function handKeys(
  chat: LocalChat,
  devices: readonly { readonly member: GroupMember; readonly keyPackage: Uint8Array }[],
): Promise<Uint8Array | undefined> {
  const { server, peerServer } = chat.keeping
  if (devices.length === 0 || !server || !peerServer) return undefined
  return sealHandover(
    devices.map(({ member, keyPackage }) => ({
      keyPackage,
      text: encodeMessage(HistoryKeysSchema, create(HistoryKeysSchema, { keys: keysFor(chat, member) })),
    })),
  )
}

/** What another has handed over is as good as what it opens: a message counts by its sender's signature. */
export async function takeKeys(
  store: HistoryKeyStore,
  chatId: ChatId,
  handover: Uint8Array | undefined,
): Promise<void> {
  const keys = handover ? keysIn(handover, chatId) : []
  if (keys.length === 0) return
  await store.store({ case: 'opened', value: { keys, number: store.state.openedNumber } })
}

function keysFor({ chatId, group, epochs }: LocalChat, device: GroupMember) {
  const wasIn = (epoch: bigint) => membersIn(group, epoch)?.some((member) => isSame(member, device)) ?? false
  return epochs
    .filter(({ epoch }) => wasIn(epoch))
    .map(({ epoch, historyKey }) => ({ chatId: ChatId.toBytes(chatId), epoch, key: historyKey }))
}

function isSame(a: GroupMember, b: GroupMember): boolean {
  return (
    a.accountId === b.accountId && a.deviceId === b.deviceId && equalBytes(a.signatureKey, b.signatureKey)
  )
}

function keysIn(handover: Uint8Array, chatId: ChatId): HistoryKey[] {
  try {
    const { keys } = decodeMessage(HistoryKeysSchema, handover, MAX_BYTES)
    const isSound = ({ chatId: of, key }: HistoryKey) =>
      equalBytes(of, ChatId.toBytes(chatId)) && key.length === 32
    return keys.length <= MAX_KEYS && keys.every(isSound) ? keys : []
  } catch (error) {
    if (error instanceof DecodeError) return []
    throw error
  }
}
