/** Opens a group (M13, M21): everybody on the server finds it by its name and joins. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'

export function run(context: Context, which: string): Promise<ExitCode> {
  const { output, words } = context
  return withGroup(context, which, async (client, group) => {
    await client.groups.open(group.chat)
    const { chat, name } = group
    await output.show({ chat, name, open: true }, words.says.group.opened(groupName(group)))
    return exitCode.done
  })
}
