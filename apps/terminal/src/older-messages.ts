/** Before messages are shown that may be older than this device: fetch them, as many as are wanted. */
import { type Client, RefusedError, UnreachableError } from '@veche/client'
import { isDiskFull } from './client-failure.ts'
import type { Context } from './context.ts'

type ChatId = Parameters<Client['archive']['fetch']>[0]

/** Without a connection what is here is shown: that was told already. */
export async function fetchOlder(
  client: Client,
  chat: ChatId,
  limit: number,
  before?: bigint,
): Promise<void> {
  try {
    await client.archive.fetch(chat, { limit, ...(before !== undefined && { before }) })
  } catch (error) {
    const isPassing = error instanceof UnreachableError || error instanceof RefusedError || isDiskFull(error)
    if (!isPassing) throw error
  }
}

/** Says so where older messages wait for the password: this device was not given their keys when it signed in. */
export function tellMissingKeys(client: Client, { output, words }: Context): void {
  if (!client.archive.needsPassword) return
  const message = words.says.keysMissing
  output.remark(message, { type: 'remark', reason: 'history_keys_missing', message })
}
