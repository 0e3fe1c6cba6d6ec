/**
 * Signing out: the keys of every chat, the histories that are not to be kept, and at last the device itself are
 * overwritten and removed. What is to go is written down first, so that a program that dies on the way goes on with it.
 */
import { type Files, HistoryLog, Journal } from '@veche/history'
import { ChatId } from '@veche/protocol'
import { journalName, listStoredChats } from './chat-files.ts'
import type { DeviceStore } from './device-store.ts'

/** Durable when it resolves: from then on the device only forgets. Nothing may use the chats any more. */
export async function leave(
  files: Files,
  store: DeviceStore,
  { keepHistory }: { readonly keepHistory: boolean },
): Promise<void> {
  const kept = (store.state.keptHistory?.chatIds ?? []).map((id) => ChatId.fromBytes(id))
  const chatIds = new Set([...kept, ...(await listStoredChats(files))])
  await store.store({ case: 'leaving', value: { keepHistory, chatIds: [...chatIds].map(ChatId.toBytes) } })
  await finishLeaving(files, store)
}

/** Goes on with a signing out that a crash interrupted; nothing where there is none. */
export async function finishLeaving(files: Files, store: DeviceStore): Promise<void> {
  const { leaving } = store.state
  if (!leaving) return
  for (const chatId of leaving.chatIds.map((id) => ChatId.fromBytes(id))) {
    await Journal.remove(files, journalName(chatId))
    if (!leaving.keepHistory) await HistoryLog.remove(files, chatId)
  }
  await store.erase({ case: 'left', value: {} })
}
