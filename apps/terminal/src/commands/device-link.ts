/** Lets a new device in: shows a code, and asks whether both show the same six digits (A4: it begins on the old device). */
import type { Context } from '../context.ts'
import { inGroups } from '../device-view.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, options: PasswordOptions): Promise<ExitCode> {
  const { hosted, output, terminal, words } = context
  return withAccount(context, async ({ client, account }) => {
    // The process that has the profile cannot ask in this terminal.
    if (hosted) throw new Failure('profile_in_use', exitCode.profile)
    const password = await readPassword(options, false, terminal, words)
    const outcome = await client.devices.link({
      password,
      signal: terminal.interrupted,
      onCode: (code, lifetimeMs) => {
        const { linkingCode } = words.says.devices
        void output.show({ code, lifetimeMs }, [
          { qr: code },
          linkingCode(code, account.server),
          words.says.devices.linkingWaits,
        ])
      },
      confirm: (digits) => askSame(context, digits),
    })
    if (outcome === 'declined') throw new Failure('linking_declined', exitCode.refused)
    await output.show({ linked: true }, words.says.devices.linked)
    return exitCode.done
  })
}

async function askSame({ output, terminal, words }: Context, digits: string): Promise<boolean> {
  await output.show({ digits }, words.says.devices.compareDigits(inGroups(digits)))
  const answer = (await terminal.ask?.(words.prompts.sameDigits))?.trim().toLowerCase()
  return answer !== undefined && words.answers.yes.includes(answer)
}
