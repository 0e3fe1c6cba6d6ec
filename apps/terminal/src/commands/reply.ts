/**
 * Answers a message: the one with a number or an id, or the last of another person, whether or not it was shown. Who answers
 * one has read it, and all before it.
 */
import type { Client, ShownMessage } from '@veche/client'
import type { ChatId } from '@veche/protocol'
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

  async function answered(client: Client, chat: ChatId): Promise<ShownMessage> {
    // Which is the last one may have changed since this device was connected.
    const known = message === 'last' ? undefined : await findAnswered(client, chat, message)
    if (known) return known
    await catchUp(client, context)
    const found = await findAnswered(client, chat, message)
    if (!found) throw wrongUse('message_unknown', message)
    return found
  }
}

async function findAnswered(client: Client, chat: ChatId, which: string): Promise<ShownMessage | undefined> {
  const { account } = client
  if (which !== 'last') return findMessage(client, chat, which)
  return lastOf(client, chat, (from) => account.kind === 'ready' && from !== account.account)
}
