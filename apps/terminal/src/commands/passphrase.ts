/** Says whether the profile is under a passphrase; opens nothing. */
import { asksForPassphrase } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { explained, profileFolder } from '../profile.ts'

export async function run(context: Context): Promise<ExitCode> {
  const isThere = await explained(context, () => asksForPassphrase(profileFolder(context)))
  const { says } = context.words
  await context.output.show(
    { passphrase: isThere ? 'set' : 'none' },
    isThere ? says.passphraseIs.set : says.passphraseIs.removed,
  )
  return exitCode.done
}
