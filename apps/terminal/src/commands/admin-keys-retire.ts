/** Removes the old master keys, once nothing is under them. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { refused, withOperatorKeys } from '../operator.ts'

export async function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  return withOperatorKeys(context, async (keys) => {
    const outcome = await keys.retire()
    switch (outcome.kind) {
      case 'in_use':
        throw refused('keys_in_use', String(outcome.dataKeys))
      case 'not_taken_up':
        throw refused('key_not_taken_up')
      case 'file_locked':
        throw refused('key_file_locked_retired', (await keys.report()).file)
      case 'retired': {
        const { retired, noneRetired } = words.says.keys
        const { retired: ids } = outcome
        await output.show({ retired: ids }, ids.length === 0 ? noneRetired : retired(ids.join(', ')))
        return exitCode.done
      }
      default:
        return outcome satisfies never
    }
  })
}
