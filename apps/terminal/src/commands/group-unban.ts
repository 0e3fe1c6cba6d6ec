/** Lets somebody be added to a group again. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { only, withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'
import { personText } from '../message-view.ts'

export function run(context: Context, which: string, whom: string): Promise<ExitCode> {
  const { output, words } = context
  return withGroup(context, which, async (client, group) => {
    const person = only(client.groups.banned(group.chat), whom)
    const { account, handle } = person
    await client.groups.unban(group.chat, account)
    await output.show(
      { chat: group.chat, account, handle, banned: false },
      words.says.group.unbanned(personText(person), groupName(group)),
    )
    return exitCode.done
  })
}
