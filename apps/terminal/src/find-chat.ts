import { type Client, type GroupChat, UsageError } from '@veche/client'
import { catchUp } from './catch-up.ts'
import type { Context } from './context.ts'
import { Failure, wrongUse } from './failure.ts'

type ChatId = ReturnType<Client['findChat']>

/**
 * @param which `@handle`, the name of a group, or a chat id
 * @throws Failure `chat_unknown`, `chat_ambiguous`, which name it
 */
export function findChat(client: Client, which: string): ChatId {
  try {
    return client.findChat(which)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw wrongUse(error.reason === 'chat_ambiguous' ? 'chat_ambiguous' : 'chat_unknown', which)
  }
}

/** As `findChat`; a chat that this device has not heard of yet may be there once it has caught up. */
export async function meetChat(context: Context, client: Client, which: string): Promise<ChatId> {
  try {
    return findChat(client, which)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    await catchUp(client, context)
    return findChat(client, which)
  }
}

/** @throws Failure as `findChat`; `not_a_group` */
export function findGroup(client: Client, which: string): GroupChat {
  const chat = findChat(client, which)
  const found = client.chats().find((known) => known.chat === chat)!
  if (found.type !== 'group') throw wrongUse('not_a_group', which)
  return found
}

/** For what is of one person: a group's name or id in place of a handle is told. @throws Failure `is_a_group` */
export function ensureNoGroup(client: Client, whom: string): void {
  const found = findOne(client, whom)
  if (client.chats().some(({ type, chat }) => type === 'group' && chat === found))
    throw wrongUse('is_a_group', whom)
}

function findOne(client: Client, which: string): ChatId | undefined {
  try {
    return client.findChat(which)
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}
