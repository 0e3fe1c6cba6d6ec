/** Shows or sets who may make an account (M24). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { choiceArgument } from '../given-values.ts'
import { withAccount } from '../profile.ts'

const policies = ['open', 'invite', 'closed'] as const

export async function run(context: Context, wanted: string | undefined): Promise<ExitCode> {
  const { output, words } = context
  const choice = choiceArgument(wanted, policies)
  return withAccount(context, async ({ client: { administration } }) => {
    const registration = await (choice === undefined
      ? administration.getRegistration()
      : administration.setRegistration(choice))
    await output.show({ registration }, words.says.registration(words.registrations[registration]))
    return exitCode.done
  })
}
