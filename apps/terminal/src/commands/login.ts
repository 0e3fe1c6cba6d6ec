/** Signs in, beside the account's other devices: they end only where --replace says so. */
import { accountFields, accountText } from '../account-view.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { withoutAt } from '../handle.ts'
import { tellMissingKeys } from '../older-messages.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { readyAccount, withProfile } from '../profile.ts'

interface LoginOptions extends PasswordOptions {
  readonly handle: string
  readonly replace?: true
}

export function run(context: Context, options: LoginOptions): Promise<ExitCode> {
  const { output, terminal, words } = context
  return withProfile(context, async ({ client }) => {
    if (client.account.kind === 'ready') throw wrongUse('already_registered', client.account.handle)
    const password = await readPassword(options, false, terminal, words)
    const { handle, replace = false } = options
    await client.login({ handle: withoutAt(handle), password, replace })
    const account = readyAccount(client)
    await output.show(
      accountFields(account),
      `${words.says.loggedIn(account.handle)}\n\n${accountText(account, words)}`,
    )
    tellMissingKeys(client, context)
    return exitCode.done
  })
}
