/** Takes an account back on this device with its recovery sheet: sets a new password, and ends its other devices unless they are to stay. */
import { isWeakPassword, suggestPassphrase } from '@veche/client'
import { accountFields, accountText } from '../account-view.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { withoutAt } from '../handle.ts'
import { tellMissingKeys } from '../older-messages.ts'
import { type PasswordOptions, readNewPassword } from '../password.ts'
import { readyAccount, withProfile } from '../profile.ts'
import { type CodeOptions, readCode } from '../recovery-code.ts'
import { ensureSheetCanBeWritten, showWithSheet } from '../recovery-sheet.ts'

interface RecoverOptions extends PasswordOptions, CodeOptions {
  readonly handle?: string
  /** A file to write it to; true shows it. */
  readonly newSheet?: string | true
  readonly keepDevices?: true
}

export async function run(context: Context, options: RecoverOptions): Promise<ExitCode> {
  const { terminal, words } = context
  const { code, sheet } = await readCode(options, terminal, words)
  const handle = withoutAt(options.handle ?? sheet?.handle ?? '')
  if (handle === '') throw wrongUse('missing_option', '--handle')
  const server = context.options.server ?? sheet?.server
  const onServer = server === undefined ? context : { ...context, options: { ...context.options, server } }
  const target = typeof options.newSheet === 'string' ? { sheet: options.newSheet } : {}
  return withProfile(onServer, async ({ client }) => {
    if (client.account.kind === 'ready') throw wrongUse('already_registered', client.account.handle)
    await ensureSheetCanBeWritten(target)
    const password = await readNewPassword(options.passwordFile, terminal, words)
    if (isWeakPassword(password)) throw wrongUse('weak_password', suggestPassphrase())
    const newSheet = options.newSheet !== undefined
    const keepDevices = options.keepDevices === true
    const { resumed } = await client.recover({ handle, code, password, newSheet, keepDevices })
    const account = readyAccount(client)
    const { recovered, recoveredBeside, recoveredBefore } = words.says
    const text = [
      (keepDevices ? recoveredBeside : recovered)(account.handle),
      ...(resumed ? [recoveredBefore] : []),
      accountText(account, words),
    ]
    await showWithSheet(context, client, { fields: { ...accountFields(account), resumed }, text }, target)
    tellMissingKeys(client, context)
    return exitCode.done
  })
}
