/** Makes an account (M9), shows it with its recovery sheet, and joins the group where the invite leads into one (M13). */
import { type Client, isWeakPassword, suggestPassphrase } from '@veche/client'
import { accountFields, accountText } from './account-view.ts'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { wrongUse } from './failure.ts'
import { withoutAt } from './handle.ts'
import type { Invite } from './invite.ts'
import { joinByLink } from './join-by-link.ts'
import { type PasswordOptions, readPassword } from './password.ts'
import { readyAccount } from './profile.ts'
import { ensureSheetCanBeWritten, type SheetOptions, showWithSheet } from './recovery-sheet.ts'

export interface NewAccountOptions extends PasswordOptions, SheetOptions {
  readonly handle: string
  readonly name?: string
}

/** @throws Failure `weak_password`; as `Client.register` */
export async function makeAccount(
  context: Context,
  client: Client,
  options: NewAccountOptions,
  invite: Invite | undefined,
): Promise<ExitCode> {
  const { terminal, words } = context
  const handle = withoutAt(options.handle)
  await ensureSheetCanBeWritten(options)
  const password = await readPassword(options, true, terminal, words)
  if (isWeakPassword(password)) throw wrongUse('weak_password', suggestPassphrase())
  const code = invite?.code === undefined ? {} : { code: invite.code }
  await client.register({ handle, name: options.name ?? handle, password, ...code })
  const account = readyAccount(client)
  const text = [words.says.registered(handle), accountText(account, words)]
  await showWithSheet(context, client, { fields: accountFields(account), text }, options)
  return invite?.join === undefined ? exitCode.done : joinByLink(context, client, invite.join)
}

/** The server that --server names, or else the invite. */
export function onServerOf(context: Context, invite: Invite | undefined): Context {
  const server = context.options.server ?? invite?.server
  return server === undefined ? context : { ...context, options: { ...context.options, server } }
}
