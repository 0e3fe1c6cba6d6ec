/** Joins a group by an invite link (M13). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { joinByLink } from '../join-by-link.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, link: string): Promise<ExitCode> {
  return withAccount(context, async ({ client }) => {
    await joinByLink(context, client, link)
    return exitCode.done
  })
}
