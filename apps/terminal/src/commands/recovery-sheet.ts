/** Gives the recovery sheet that was not shown yet, for the program may have died before it was; or makes a new one. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { absolutePaths } from '../given-values.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { withAccount } from '../profile.ts'
import { ensureSheetCanBeWritten, type SheetOptions, showWithSheet } from '../recovery-sheet.ts'

interface RecoverySheetOptions extends SheetOptions, PasswordOptions {
  readonly new?: true
}

export function run(context: Context, options: RecoverySheetOptions): Promise<ExitCode> {
  const { hosted, terminal, words } = context
  const argv = absolutePaths(context.argv, ['--sheet', '--password-file'])
  return withAccount({ ...context, argv }, async ({ client, account: { account, handle } }) => {
    const { security } = client
    await ensureSheetCanBeWritten(options)
    if (options.new) {
      // The process that has the profile cannot ask in this terminal.
      if (hosted && options.passwordFile === undefined) throw new Failure('profile_in_use', exitCode.profile)
      await security.newRecoverySheet({ password: await readPassword(options, false, terminal, words) })
    } else await security.completeSheet()
    if (security.recoverySheet() === undefined) throw wrongUse('sheet_seen')
    const text = options.new ? [words.says.newSheet] : []
    await showWithSheet(context, client, { fields: { account, handle }, text }, options)
    return exitCode.done
  })
}
