/** Makes an account (M9), on the server that --server or the invite link names. */
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { parseInvite } from '../invite.ts'
import { makeAccount, type NewAccountOptions, onServerOf } from '../make-account.ts'
import { withProfile } from '../profile.ts'
import { trustByInvite } from '../trust.ts'

interface RegisterOptions extends NewAccountOptions {
  readonly invite?: string
}

export async function run(context: Context, options: RegisterOptions): Promise<ExitCode> {
  const invite = options.invite === undefined ? undefined : parseInvite(options.invite)
  await trustByInvite(context, invite)
  return withProfile(onServerOf(context, invite), async ({ client }) => {
    if (client.account.kind === 'ready') throw wrongUse('already_registered', client.account.handle)
    return makeAccount(context, client, options, invite)
  })
}
