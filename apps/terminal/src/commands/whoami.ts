/** Shows whose profile this is; asks no server. */
import { accountFields, accountText } from '../account-view.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context): Promise<ExitCode> {
  return withAccount(context, async ({ account }) => {
    await context.output.show(accountFields(account), accountText(account, context.words))
    return exitCode.done
  })
}
