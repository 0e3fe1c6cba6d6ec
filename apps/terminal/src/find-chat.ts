import { type Client, UsageError } from '@veche/client'
import { catchUp } from './catch-up.ts'
import type { Context } from './context.ts'
import { Failure, wrongUse } from './failure.ts'

/** @param which `@handle` or a chat id @throws Failure `chat_unknown`, which names it */
export function findChat(client: Client, which: string): ReturnType<Client['findChat']> {
  try {
    return client.findChat(which)
  } catch (error) {
    throw error instanceof UsageError ? wrongUse('chat_unknown', which) : error
  }
}

/** As `findChat`; a chat that this device has not heard of yet may be there once it has caught up. */
export async function meetChat(
  context: Context,
  client: Client,
  which: string,
): Promise<ReturnType<Client['findChat']>> {
  try {
    return findChat(client, which)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    await catchUp(client, context)
    return findChat(client, which)
  }
}
