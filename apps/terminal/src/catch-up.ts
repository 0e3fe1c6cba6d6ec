/** Before stored things are shown: fetch what was missed, and send what waits. */
import { type Client, UnreachableError } from '@veche/client'
import { isDiskFull } from './client-failure.ts'
import type { Context } from './context.ts'
import type { Output } from './output.ts'
import type { Words } from './words/en.ts'

const catchUpMs = 10_000

/** Without a connection, or without space for what comes, it says so, and what the device has is shown. */
export async function catchUp(client: Client, { hosted, output, words }: Context): Promise<void> {
  if (hosted !== undefined) return // the host is connected all the time
  try {
    await client.catchUp(catchUpMs)
  } catch (error) {
    if (isDiskFull(error)) tellDiskFull(output, words)
    else if (error instanceof UnreachableError) output.remark(words.says.offlineView)
    else throw error
  }
}

function tellDiskFull(output: Output, words: Words): void {
  const message = words.failures.disk_full()
  output.remark(message, { type: 'remark', reason: 'disk_full', message })
}
