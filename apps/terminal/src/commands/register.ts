/** Makes an account (M9), on the server that --server or the invite link names. */
import { isWeakPassword, suggestPassphrase } from '@veche/client'
import { accountFields, accountText } from '../account-view.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { withoutAt } from '../handle.ts'
import { parseInvite } from '../invite.ts'
import { joinByLink } from '../join-by-link.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { readyAccount, withProfile } from '../profile.ts'
import { ensureSheetCanBeWritten, type SheetOptions, showWithSheet } from '../recovery-sheet.ts'

interface RegisterOptions extends PasswordOptions, SheetOptions {
  readonly handle: string
  readonly name?: string
  readonly invite?: string
}

export function run(context: Context, options: RegisterOptions): Promise<ExitCode> {
  const { terminal, words } = context
  const invite = options.invite === undefined ? undefined : parseInvite(options.invite)
  const server = context.options.server ?? invite?.server
  const handle = withoutAt(options.handle)
  const onServer = server === undefined ? context : { ...context, options: { ...context.options, server } }
  return withProfile(onServer, async ({ client }) => {
    if (client.account.kind === 'ready') throw wrongUse('already_registered', client.account.handle)
    await ensureSheetCanBeWritten(options)
    const password = await readPassword(options, true, terminal, words)
    if (isWeakPassword(password)) throw wrongUse('weak_password', suggestPassphrase())
    const code = invite?.code === undefined ? {} : { code: invite.code }
    await client.register({ handle, name: options.name ?? handle, password, ...code })
    const account = readyAccount(client)
    const text = [words.says.registered(handle), accountText(account, words)]
    await showWithSheet(context, client, { fields: accountFields(account), text }, options)
    if (invite?.join !== undefined) await joinByLink(context, client, invite.join)
    return exitCode.done
  })
}
