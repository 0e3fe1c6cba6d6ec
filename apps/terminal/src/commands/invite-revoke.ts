/** Takes an invite link back: from then on nobody joins by it. Who came by it stays. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'

export function run(context: Context, which: string, id: string): Promise<ExitCode> {
  const { output, words } = context
  return withGroup(context, which, async (client, group) => {
    await client.groups.revokeInvite(group.chat, id)
    await output.show({ chat: group.chat, id, revoked: true }, words.says.group.linkGone(groupName(group)))
    return exitCode.done
  })
}
