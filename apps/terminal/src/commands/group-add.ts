/** Adds somebody to a group, or asks them (M11). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'
import { withoutAt } from '../handle.ts'

export function run(context: Context, which: string, whom: string): Promise<ExitCode> {
  const { output, words } = context
  const handle = withoutAt(whom)
  return withGroup(context, which, async (client, group) => {
    const { chat } = group
    const { status, request } = await client.groups.add(chat, handle)
    const fields = { status, chat, request: request ?? null, handle }
    await output.show(fields, words.says.group.added[status](handle, groupName(group)))
    return exitCode.done
  })
}
