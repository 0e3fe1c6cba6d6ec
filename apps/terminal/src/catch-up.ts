/** Before stored things are shown: fetch what was missed, and send what waits. */
import { type Client, UnreachableError } from '@veche/client'
import type { Context } from './context.ts'

const catchUpMs = 10_000

/** Without a connection it says so, and what the device has is shown. */
export async function catchUp(client: Client, { hosted, output, words }: Context): Promise<void> {
  if (hosted !== undefined) return // the host is connected all the time
  try {
    await client.catchUp(catchUpMs)
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error
    output.remark(words.says.offlineView)
  }
}
