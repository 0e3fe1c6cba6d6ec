/** What a message that comes from a file must be, to be one of a chat. */
import type { HistoryEntry } from '@veche/history'
import { type AccountId, type ChatId, DecodeError } from '@veche/protocol'
import { decodeContent } from './content.ts'

/**
 * A message as a device stores it tells of itself what its content says.
 * @param accounts whose chat it is, where that is known here
 * @throws DecodeError
 */
export function ensureOfChat(
  chatId: ChatId,
  entry: HistoryEntry,
  accounts: ReadonlySet<AccountId> | undefined,
): void {
  const content = decodeContent(entry.content)
  const isSame =
    content.chatId === chatId &&
    content.messageId === entry.messageId &&
    content.accountId === entry.accountId &&
    content.deviceId === entry.deviceId &&
    content.sentAtMs === entry.sentAtMs
  if (!isSame) throw new DecodeError('exported history: a message that is not what it says')
  if (accounts && !accounts.has(entry.accountId))
    throw new DecodeError('exported history: a message of somebody who is not in the chat')
}
