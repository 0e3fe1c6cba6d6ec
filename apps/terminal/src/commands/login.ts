/**
 * Signs in, beside the account's other devices: they end only where --replace says so. With --link nothing is typed here
 * but the code that another device of the account shows.
 */
import { type Client, parseLinkingCode } from '@veche/client'
import { DecodeError } from '@veche/protocol'
import { accountFields, accountText } from '../account-view.ts'
import type { Context } from '../context.ts'
import { inGroups } from '../device-view.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { withoutAt } from '../handle.ts'
import { tellMissingKeys } from '../older-messages.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { readyAccount, withProfile } from '../profile.ts'

interface LoginOptions extends PasswordOptions {
  readonly handle?: string
  readonly replace?: true
  /** The code. */
  readonly link?: string
}

export function run(context: Context, options: LoginOptions): Promise<ExitCode> {
  const { output, words } = context
  const { link } = options
  if (link !== undefined) ensureLinkingCode(link, options)
  return withProfile(context, async ({ client }) => {
    if (client.account.kind === 'ready') throw wrongUse('already_registered', client.account.handle)
    await (link === undefined
      ? loginByPassword(context, client, options)
      : loginByLink(context, client, link))
    const account = readyAccount(client)
    await output.show(
      accountFields(account),
      `${words.says.loggedIn(account.handle)}\n\n${accountText(account, words)}`,
    )
    tellMissingKeys(client, context)
    return exitCode.done
  })
}

async function loginByPassword(
  { terminal, words }: Context,
  client: Client,
  { handle, replace, ...options }: LoginOptions,
): Promise<void> {
  if (handle === undefined) throw wrongUse('missing_option', '--handle')
  const password = await readPassword(options, false, terminal, words)
  await client.login({ handle: withoutAt(handle), password, replace: replace === true })
}

/** What was given goes to nobody unless it is such a code (A4). @throws Failure `linking_code`, `invalid_value` */
function ensureLinkingCode(link: string, { replace, passwordFile }: LoginOptions): void {
  if (replace || passwordFile !== undefined)
    throw wrongUse('invalid_value', `--link ${replace ? '--replace' : '--password-file'}`)
  try {
    parseLinkingCode(link)
  } catch (error) {
    if (error instanceof DecodeError) throw wrongUse('linking_code')
    throw error
  }
}

async function loginByLink(
  { output, terminal, words }: Context,
  client: Client,
  code: string,
): Promise<void> {
  const showDigits = (digits: string) =>
    void output.show({ digits }, words.says.devices.showsDigits(inGroups(digits)))
  await client.loginByLink({ code, onDigits: showDigits, signal: terminal.interrupted })
}
