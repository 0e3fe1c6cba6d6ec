/** Lets somebody's requests and messages come again. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { ensureNoGroup } from '../find-chat.ts'
import { withoutAt } from '../handle.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, whom: string): Promise<ExitCode> {
  const { output, words } = context
  const handle = withoutAt(whom)
  return withAccount(context, async ({ client }) => {
    ensureNoGroup(client, whom)
    const { account, blocked } = await client.people.unblock(handle)
    await output.show({ account: account ?? null, handle, blocked }, words.says.unblocked(handle))
    return exitCode.done
  })
}
