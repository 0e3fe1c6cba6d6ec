/** Shows or sets whether the account is in search (M12). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { choiceArgument } from '../given-values.ts'
import { withAccount } from '../profile.ts'

const visibilities = ['open', 'closed'] as const

export async function run(context: Context, wanted: string | undefined): Promise<ExitCode> {
  const { output, words } = context
  const choice = choiceArgument(wanted, visibilities)
  return withAccount(context, async ({ client }) => {
    const { visibility } = await (choice === undefined
      ? client.settings.get()
      : client.settings.setVisibility(choice))
    await output.show({ visibility }, words.says.visibility[visibility])
    return exitCode.done
  })
}
