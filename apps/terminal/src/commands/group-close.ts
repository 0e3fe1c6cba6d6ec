/** Closes a group: nobody finds it any more. Who has come stays. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'

export function run(context: Context, which: string): Promise<ExitCode> {
  const { output, words } = context
  return withGroup(context, which, async (client, group) => {
    await client.groups.close(group.chat)
    const { chat, name } = group
    await output.show({ chat, name, open: false }, words.says.group.closed(groupName(group)))
    return exitCode.done
  })
}
