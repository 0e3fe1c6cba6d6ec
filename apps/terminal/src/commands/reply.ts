/** Answers a message: the one with a number or an id, or the last of another person. */
import type { Client, ShownMessage } from '@veche/client'
import type { ChatId, MessageId } from '@veche/protocol'
import { catchUp } from '../catch-up.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { findMessage, lastOf } from '../find-message.ts'
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
    const known = await findAnswered(client, chat, message)
    if (known) return known.id
    await catchUp(client, context)
    const found = await findAnswered(client, chat, message)
    if (!found) throw wrongUse('message_unknown', message)
    return found.id
  }
}

async function findAnswered(client: Client, chat: ChatId, which: string): Promise<ShownMessage | undefined> {
  const { account } = client
  if (which !== 'last') return findMessage(client, chat, which)
  return lastOf(client, chat, (from) => account.kind === 'ready' && from !== account.account)
}
