/** Gives the recovery sheet that was not shown yet: the program may have died before it was. */

import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { absolutePaths } from '../given-values.ts'
import { withAccount } from '../profile.ts'
import { ensureSheetCanBeWritten, type SheetOptions, showWithSheet } from '../recovery-sheet.ts'

export function run(context: Context, options: SheetOptions): Promise<ExitCode> {
  const argv = absolutePaths(context.argv, ['--sheet'])
  return withAccount({ ...context, argv }, async ({ client, account: { account, handle } }) => {
    if (client.security.recoverySheet() === undefined) throw wrongUse('sheet_seen')
    await ensureSheetCanBeWritten(options)
    await showWithSheet(context, client, { fields: { account, handle }, text: [] }, options)
    return exitCode.done
  })
}
