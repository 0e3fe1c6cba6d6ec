/** Makes a new master key, and with --data asks for new data keys too; the running server does the rest. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { refused, withOperatorKeys } from '../operator.ts'

export async function run(context: Context, { data }: { readonly data?: true }): Promise<ExitCode> {
  const { output, words } = context
  return withOperatorKeys(context, async (keys) => {
    const outcome = await keys.rotate({ data: data === true })
    if (outcome.kind === 'too_many_keys') throw refused('too_many_keys')
    if (outcome.kind === 'file_locked') throw refused('key_file_locked', (await keys.report()).file)
    const { masterKey } = outcome
    await output.show({ masterKey, data: data === true }, words.says.keys.rotated(masterKey))
    return exitCode.done
  })
}
