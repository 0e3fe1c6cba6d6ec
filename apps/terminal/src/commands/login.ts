/** Signs in on a further device. An account has one device for now, so the server refuses (`device_limit`). */
import { accountFields, accountText } from '../account-view.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { withoutAt } from '../handle.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { readyAccount, withProfile } from '../profile.ts'

interface LoginOptions extends PasswordOptions {
  readonly handle: string
}

export function run(context: Context, options: LoginOptions): Promise<ExitCode> {
  const { output, terminal, words } = context
  return withProfile(context, async ({ client }) => {
    if (client.account.kind === 'ready') throw wrongUse('already_registered', client.account.handle)
    const password = await readPassword(options, false, terminal, words)
    await client.login({ handle: withoutAt(options.handle), password })
    const account = readyAccount(client)
    await output.show(
      accountFields(account),
      `${words.says.loggedIn(account.handle)}\n\n${accountText(account, words)}`,
    )
    return exitCode.done
  })
}
