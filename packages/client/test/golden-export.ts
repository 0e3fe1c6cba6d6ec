/** What the golden exported files hold: the same for every version. */
import type { HistoryEntry, Stretching } from '@veche/history'
import { AccountId, ChatId, DeviceId, MessageId } from '@veche/protocol'
import { encodeText } from '../../sync/src/content.ts'

export const GOLDEN_PASSPHRASE = 'the golden passphrase'
/** The least that a reader takes. */
export const GOLDEN_STRETCHING: Stretching = { memoryKiB: 64 * 1024, passes: 1, lanes: 1 }
export const GOLDEN_CHATS = [1, 2].map((byte) => ChatId.fromBytes(new Uint8Array(16).fill(byte)))
/** Seed of the account's signing key. */
export const GOLDEN_ACCOUNT_SEED = new Uint8Array(32).fill(7)
const sender = {
  accountId: AccountId.fromBytes(new Uint8Array(32).fill(3)),
  deviceId: DeviceId.fromBytes(new Uint8Array(16).fill(4)),
}

/** 300 messages in the first chat, one in the second. */
export function goldenEntries(chatId: ChatId): HistoryEntry[] {
  const count = chatId === GOLDEN_CHATS[0] ? 300 : 1
  return Array.from({ length: count }, (_, index) => goldenEntry(chatId, index + 1))
}

function goldenEntry(chatId: ChatId, position: number): HistoryEntry {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, position)
  const said = { ...sender, messageId: MessageId.fromBytes(id), sentAtMs: 1_700_000_000_000 + position }
  const content = encodeText({ ...said, chatId }, `сообщение ${position}`)
  return { ...said, position: BigInt(position), receivedAtMs: said.sentAtMs + 500, content }
}
