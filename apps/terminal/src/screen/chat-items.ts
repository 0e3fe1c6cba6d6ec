/** The chats as the list shows them, from what this device has. */
import type { Client } from '@veche/client'
import type { ChatItem } from './talk-state.ts'

export async function readChats(client: Client): Promise<ChatItem[]> {
  const contacts = await client.contacts()
  const verified = new Set(contacts.filter((each) => each.verified).map(({ chat }) => chat))
  return client.chats().map((chat) => ({ ...chat, verified: verified.has(chat.chat) }))
}
