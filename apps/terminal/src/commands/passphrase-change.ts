/** Puts the profile under another passphrase. */
import { changePassphrase, type NewPassphraseOptions } from '../change-passphrase.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'

export function run(context: Context, options: NewPassphraseOptions): Promise<ExitCode> {
  return changePassphrase(context, 'changed', options)
}
