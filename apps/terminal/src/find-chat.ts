import { type Client, UsageError } from '@veche/client'
import { wrongUse } from './failure.ts'

/** @param which `@handle` or a chat id @throws Failure `chat_unknown`, which names it */
export function findChat(client: Client, which: string): ReturnType<Client['findChat']> {
  try {
    return client.findChat(which)
  } catch (error) {
    throw error instanceof UsageError ? wrongUse('chat_unknown', which) : error
  }
}
