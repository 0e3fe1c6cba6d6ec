/**
 * Signing out: the keys of every chat, the histories that are not to be kept, and at last the device itself are
 * overwritten and removed. What is to go is written down first, so that a program that dies on the way goes on with it.
 *
 * Of a chat whose journal is damaged nothing says which generation of its history is the present one: the first is taken.
 */
import { create } from '@bufbuild/protobuf'
import { type Files, HistoryLog, Journal, KnownIds } from '@veche/history'
import { ChatId, equalBytes } from '@veche/protocol'
import { type KeptChat, KeptChatSchema } from '@veche/protocol/gen/local/v1/device_pb.js'
import { journalName, listStoredChats } from './chat-files.ts'
import type { DeviceStore } from './device-store.ts'
import { HistoryKeyStore } from './history-key-store.ts'
import { type LocalChat, UNTOUCHED } from './local-chat.ts'
import type { LocalDevice } from './local-device.ts'

export interface Leaver {
  readonly files: Files
  readonly store: DeviceStore
  /** Those that could be opened; nothing may use them any more. */
  readonly chats: readonly LocalChat[]
}

/** Durable when it resolves: from then on the device only forgets. */
export async function leave(
  leaver: Leaver,
  { keepHistory }: { readonly keepHistory: boolean },
): Promise<void> {
  const { files, store, chats } = leaver
  const stored = (await listStoredChats(files)).map((chatId) =>
    create(KeptChatSchema, { chatId: ChatId.toBytes(chatId), onDevice: true }),
  )
  const all = [...stored, ...(store.state.keptHistory?.chats ?? []), ...chats.map(toKeptChat)]
  const byChat = new Map(all.map((chat) => [ChatId.fromBytes(chat.chatId), chat]))
  await store.store({ case: 'leaving', value: { keepHistory, chats: [...byChat.values()] } })
  await finishLeaving(files, store)
}

/** Goes on with a signing out that a crash interrupted; nothing where there is none. */
export async function finishLeaving(files: Files, store: DeviceStore): Promise<void> {
  const { leaving } = store.state
  if (!leaving) return
  for (const chat of leaving.chats) {
    const chatId = ChatId.fromBytes(chat.chatId)
    await Journal.remove(files, journalName(chatId))
    if (!leaving.keepHistory) await removeHistory(files, chatId, chat.generation)
  }
  await HistoryKeyStore.remove(files)
  await store.erase({ case: 'left', value: {} })
}

/** What a chat begins with on this device: anew, or where the same account left off. */
export function beginningOf({ keptHistory }: LocalDevice, chatId: ChatId) {
  const kept = keptHistory?.chats.find((chat) => equalBytes(chat.chatId, ChatId.toBytes(chatId)))
  if (!kept) return UNTOUCHED
  const { generation, read, unread, mentioned, onDevice } = kept
  return {
    ...UNTOUCHED,
    generation,
    read,
    unread,
    mentioned,
    keeping: { ...UNTOUCHED.keeping, device: onDevice },
  }
}

/** With what a crash may have left beside it. */
async function removeHistory(files: Files, chatId: ChatId, generation: number): Promise<void> {
  for (const each of [generation, generation + 1, generation - 1]) {
    if (each >= 0) await HistoryLog.remove(files, chatId, each)
  }
  await KnownIds.remove(files, chatId)
}

function toKeptChat({ chatId, keeping, ...chat }: LocalChat): KeptChat {
  const { generation, read, unread, mentioned } = chat
  const kept = {
    chatId: ChatId.toBytes(chatId),
    generation,
    read,
    unread,
    mentioned,
    onDevice: keeping.device,
  }
  return create(KeptChatSchema, kept)
}
