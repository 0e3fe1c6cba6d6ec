/** Joins a group by an invite link (M13), or asks to be let in where the link demands that. */
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { joinByLink } from '../join-by-link.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, link: string): Promise<ExitCode> {
  return withAccount(context, ({ client }) => joinByLink(context, client, link))
}
