/** Where the journals of chats stand in a profile. */
import type { Files } from '@veche/history'
import { ChatId } from '@veche/protocol'

const FOLDER = 'chats'
const ENDING = '.journal'

export function journalName(chatId: ChatId): string {
  return `${FOLDER}/${chatId}`
}

/** The chats of which something is stored. */
export async function listStoredChats(files: Files): Promise<ChatId[]> {
  const names = (await files.list(FOLDER)).filter((name) => name.endsWith(ENDING))
  return names.map((name) => ChatId.parse(name.slice(0, -ENDING.length)))
}
