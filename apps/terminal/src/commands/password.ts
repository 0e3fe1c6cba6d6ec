/** Changes the password: by the one before, or by the recovery sheet where that is forgotten. The device stays. */
import { isWeakPassword, suggestPassphrase } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { absolutePaths } from '../given-values.ts'
import { type PasswordOptions, readNewPassword, readPassword } from '../password.ts'
import { withAccount } from '../profile.ts'
import { type CodeOptions, readCode } from '../recovery-code.ts'

interface ChangeOptions extends PasswordOptions, CodeOptions {
  readonly newPasswordFile?: string
}

const files = ['--password-file', '--new-password-file', '--sheet', '--code-file']

export function run(context: Context, options: ChangeOptions): Promise<ExitCode> {
  const { hosted, output, terminal, words } = context
  const { newPasswordFile, passwordFile, sheet, codeFile } = options
  const given = passwordFile ?? sheet ?? codeFile
  const argv = absolutePaths(context.argv, files)
  return withAccount({ ...context, argv }, async ({ client: { security }, account: { account, handle } }) => {
    // The process that has the profile cannot ask in this terminal.
    if (hosted && (given === undefined || newPasswordFile === undefined)) {
      throw new Failure('profile_in_use', exitCode.profile)
    }
    const byCode = sheet !== undefined || codeFile !== undefined
    const code = byCode ? (await readCode(options, terminal, words)).code : undefined
    const oldPassword = code ? '' : await readPassword(options, false, terminal, words)
    const newPassword = await readNewPassword(newPasswordFile, terminal, words)
    if (isWeakPassword(newPassword)) throw wrongUse('weak_password', suggestPassphrase())
    if (code) await security.resetPassword(code, newPassword)
    else await security.changePassword({ oldPassword, newPassword })
    await output.show({ account, handle, changed: true }, words.says.passwordChanged)
    return exitCode.done
  })
}
