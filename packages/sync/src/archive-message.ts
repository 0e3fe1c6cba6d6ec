/**
 * One message of the archive. It counts by what its sender has signed: the content key comes from the history key of its
 * epoch, which only members of that epoch had, and the signature from a device that its account certifies.
 */
import type { HistoryEntry } from '@veche/history'
import { AccountId, DecodeError, DeviceId, equalBytes, MessageId } from '@veche/protocol'
import type { ArchivedEntry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ArchiveGapReason } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { unwrapContentKey } from './archive-key.ts'
import { decodeContent } from './content.ts'
import { type ContentPlace, openContent } from './content-seal.ts'
import type { LocalChat } from './local-chat.ts'

export interface ArchiveKeys {
  /** History keys of an epoch, of which one fits. */
  historyKeys(epoch: bigint): readonly Uint8Array[]
  /** The certified leaf key of a device; undefined where nobody knows it. */
  signatureKey(account: AccountId, device: DeviceId): Uint8Array | undefined
}

/** @returns the message, or why it cannot be read */
export async function readArchived(
  chat: Pick<LocalChat, 'chatId' | 'peer'>,
  entry: ArchivedEntry,
  { historyKeys, signatureKey }: ArchiveKeys,
  { own, nowMs }: { readonly own: AccountId; readonly nowMs: number },
): Promise<HistoryEntry | ArchiveGapReason> {
  const place = { chatId: chat.chatId, messageId: MessageId.fromBytes(entry.messageId) }
  const key = await contentKeyOf(place, entry.wrappedKey, historyKeys(entry.epoch))
  if (!key) return ArchiveGapReason.NO_KEY
  const sender = {
    accountId: AccountId.fromBytes(entry.accountId),
    deviceId: DeviceId.fromBytes(entry.deviceId),
  }
  const signedBy = signatureKey(sender.accountId, sender.deviceId)
  if (!signedBy || !mayWrite(chat, sender.accountId, own)) return ArchiveGapReason.INVALID
  try {
    const content = await openContent(place, key, entry.contentCiphertext, signedBy)
    const { chatId, messageId, accountId, deviceId, sentAtMs } = decodeContent(content)
    const isAsSaid =
      chatId === place.chatId &&
      messageId === place.messageId &&
      accountId === sender.accountId &&
      deviceId === sender.deviceId
    if (!isAsSaid) return ArchiveGapReason.INVALID
    return {
      position: entry.position,
      messageId,
      accountId,
      deviceId,
      sentAtMs,
      receivedAtMs: nowMs,
      content,
    }
  } catch (error) {
    if (error instanceof DecodeError) return ArchiveGapReason.INVALID
    throw error
  }
}

async function contentKeyOf(
  place: ContentPlace,
  wrapped: Uint8Array,
  historyKeys: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  for (const historyKey of historyKeys) {
    try {
      return await unwrapContentKey(place, historyKey, wrapped)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
    }
  }
  return undefined
}

/** In a private chat only the two; of a group nobody here knows who was in it then. */
function mayWrite({ peer }: Pick<LocalChat, 'peer'>, sender: AccountId, own: AccountId): boolean {
  return !peer || sender === own || equalBytes(AccountId.toBytes(sender), peer.accountId)
}
