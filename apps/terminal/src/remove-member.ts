/** Removes somebody from a group and, with `ban`, keeps them out. */
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { memberOf, withGroup } from './group-member.ts'
import { groupName } from './group-view.ts'
import { personText } from './message-view.ts'

export function removeMember(
  context: Context,
  which: string,
  whom: string,
  { ban }: { readonly ban: boolean },
): Promise<ExitCode> {
  const { output, words } = context
  const { bannedNow, removed } = words.says.group
  return withGroup(context, which, async (client, group) => {
    const person = memberOf(client, group, whom)
    const { account, handle } = person
    await client.groups.remove(group.chat, account, { ban })
    const say = ban ? bannedNow : removed
    await output.show(
      { chat: group.chat, account, handle, removed: true, banned: ban },
      say(personText(person), groupName(group)),
    )
    return exitCode.done
  })
}
