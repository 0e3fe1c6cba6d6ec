/** Before stored things are shown: fetch what was missed, and send what waits. */
import { type Client, isEndedDevice, type RefusedError, UnreachableError } from '@veche/client'
import { isDiskFull, refusal } from './client-failure.ts'
import type { Context } from './context.ts'
import { failureText } from './failure.ts'
import type { Output } from './output.ts'
import type { Words } from './words/en.ts'

const catchUpMs = 10_000

/** Without a connection, space for what comes, or an account that knows the device, it says so, and what there is is shown. */
export async function catchUp(client: Client, context: Context): Promise<void> {
  const { hosted, output, words } = context
  if (hosted !== undefined) return // the host is connected all the time
  try {
    await client.catchUp(catchUpMs)
  } catch (error) {
    if (isDiskFull(error)) tellDiskFull(output, words)
    else if (error instanceof UnreachableError) output.remark(words.says.offlineView)
    else if (isEndedDevice(error)) tellEnded(error, context)
    else throw error
  }
}

/** What the device has can be read as before, though the server knows it no more. */
function tellEnded(error: RefusedError, { output, words }: Context): void {
  const failure = refusal(error)
  const message = failureText(failure, words)
  output.remark(message, { type: 'remark', reason: failure.reason, message })
}

function tellDiskFull(output: Output, words: Words): void {
  const message = words.failures.disk_full()
  output.remark(message, { type: 'remark', reason: 'disk_full', message })
}
