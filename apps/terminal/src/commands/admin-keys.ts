/** Shows how the server's master keys stand, or waits until nothing is left under old ones. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { isDone, keysFields, keysText, progressText, withOperatorKeys } from '../operator.ts'

const LOOK_EVERY_MS = 500

export async function run(context: Context, { wait }: { readonly wait?: true }): Promise<ExitCode> {
  const { output, terminal, words } = context
  return withOperatorKeys(context, async (keys) => {
    let report = await keys.report()
    let told = ''
    while (wait && !isDone(report)) {
      if (terminal.interrupted.aborted) return exitCode.interrupted
      const progress = progressText(words.says, report)
      if (progress !== told) output.remark(progress)
      told = progress
      await sleep(LOOK_EVERY_MS, undefined, { signal: terminal.interrupted }).catch(() => {}) // asked to end
      report = await keys.report()
    }
    await output.show(keysFields(report), keysText(context, report))
    return exitCode.done
  })
}
