/** Answers a message: the one with a number or an id, or the last of another person. */
import type { Client, ShownMessage } from '@veche/client'
import { type ChatId, DecodeError, MessageId } from '@veche/protocol'
import { catchUp } from '../catch-up.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { sendText } from '../send-text.ts'

interface ReplyOptions {
  readonly timeout?: string
}

export function run(
  context: Context,
  to: string,
  message: string,
  given: string,
  { timeout }: ReplyOptions,
): Promise<ExitCode> {
  return sendText(context, { to, given, timeout, answered })

  async function answered(client: Client, chat: ChatId): Promise<MessageId> {
    const known = await findMessage(client, chat, message)
    if (known) return known.id
    await catchUp(client, context)
    const found = await findMessage(client, chat, message)
    if (!found) throw wrongUse('message_unknown', message)
    return found.id
  }
}

async function findMessage(client: Client, chat: ChatId, which: string): Promise<ShownMessage | undefined> {
  if (which === 'last') return lastOfAnother(client, chat)
  if (!/^#?\d{1,15}$/.test(which)) return findById(client, chat, which)
  const seq = BigInt(which.replace('#', ''))
  const [message] = await client.history(chat, { limit: 1, before: seq + 1n })
  return message?.seq === seq ? message : undefined
}

/** So far back another person's last message is looked for. */
const window = 1000

async function lastOfAnother(client: Client, chat: ChatId): Promise<ShownMessage | undefined> {
  const { account } = client
  const messages = await client.history(chat, { limit: window })
  return messages.findLast(({ from }) => account.kind === 'ready' && from.account !== account.account)
}

async function findById(client: Client, chat: ChatId, text: string): Promise<ShownMessage | undefined> {
  try {
    return await client.message(chat, MessageId.parse(text))
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
