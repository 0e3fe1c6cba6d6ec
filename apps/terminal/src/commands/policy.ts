/** Shows or sets who may write to the account (M11). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { choiceArgument } from '../given-values.ts'
import { withAccount } from '../profile.ts'

const policies = ['forbidden', 'confirm', 'allowed'] as const

export async function run(context: Context, wanted: string | undefined): Promise<ExitCode> {
  const { output, words } = context
  const choice = choiceArgument(wanted, policies)
  return withAccount(context, async ({ client }) => {
    const { acceptance: policy } = await (choice === undefined
      ? client.settings.get()
      : client.settings.setAcceptance(choice))
    await output.show({ policy }, words.says.policy(words.policies[policy]))
    return exitCode.done
  })
}
