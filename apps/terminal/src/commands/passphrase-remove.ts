/** Lets the profile open without a passphrase. */
import { changePassphrase } from '../change-passphrase.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'

export function run(context: Context): Promise<ExitCode> {
  return changePassphrase(context, 'removed')
}
