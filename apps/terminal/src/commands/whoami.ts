/** Shows whose profile this is; asks no server. */
import { accountFields, accountText } from '../account-view.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ account, client: { security } }) => {
    const isSheetUnseen = security.isSheetDue
    const text = [accountText(account, words), ...(isSheetUnseen ? [words.says.sheetUnseen] : [])]
    await output.show({ ...accountFields(account), ...(isSheetUnseen && { sheetUnseen: true }) }, text)
    return exitCode.done
  })
}
