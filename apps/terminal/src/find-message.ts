/** A message of a chat as a command names it. */
import type { Client, ShownMessage } from '@veche/client'
import { type ChatId, DecodeError, MessageId } from '@veche/protocol'

/** So far back somebody's last message is looked for. */
const window = 1000

/** By its number or id. */
export async function findMessage(
  client: Client,
  chat: ChatId,
  which: string,
): Promise<ShownMessage | undefined> {
  if (!/^#?\d{1,15}$/.test(which)) return findById(client, chat, which)
  const seq = BigInt(which.replace('#', ''))
  const [message] = await client.history(chat, { limit: 1, before: seq + 1n })
  return message?.seq === seq ? message : undefined
}

/** The last one that the server has, by somebody of whom it is true. */
export async function lastOf(
  client: Client,
  chat: ChatId,
  isBy: (account: ShownMessage['from']['account']) => boolean,
): Promise<ShownMessage | undefined> {
  const messages = await client.history(chat, { limit: window })
  return messages.findLast(({ from, seq }) => seq !== undefined && isBy(from.account))
}

async function findById(client: Client, chat: ChatId, text: string): Promise<ShownMessage | undefined> {
  try {
    return await client.message(chat, MessageId.parse(text))
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
