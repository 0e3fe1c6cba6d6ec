/** Joins a group by an invite link (M13), or asks to be let in where the link demands that; on the way makes an account. */
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { parseInvite } from '../invite.ts'
import { joinByLink } from '../join-by-link.ts'
import { makeAccount, type NewAccountOptions, onServerOf } from '../make-account.ts'
import { withAccount, withProfile } from '../profile.ts'
import { trustByInvite } from '../trust.ts'

type JoinOptions = Partial<NewAccountOptions>

/** With an account the other options say nothing. */
export async function run(
  context: Context,
  link: string,
  { handle, ...options }: JoinOptions,
): Promise<ExitCode> {
  if (handle === undefined) return withAccount(context, ({ client }) => joinByLink(context, client, link))
  const invite = parseInvite(link)
  await trustByInvite(context, invite)
  return withProfile(onServerOf(context, invite), async ({ client }) =>
    client.account.kind === 'ready'
      ? joinByLink(context, client, link)
      : makeAccount(context, client, { ...options, handle }, invite),
  )
}
