/** Lists who is in a group, by role, and who is banned from it. */
import type { GroupMember, Person } from '@veche/client'
import { bindingMark } from '../binding-mark.ts'
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withGroup } from '../group-member.ts'
import { personText } from '../message-view.ts'
import type { Fields } from '../output.ts'
import type { Words } from '../words/en.ts'

export function run(context: Context, which: string): Promise<ExitCode> {
  const { output, words } = context
  return withGroup(context, which, async (client, { chat }) => {
    const members = client.groups.members(chat)
    const banned = client.groups.banned(chat)
    const rows = members.map((member) => memberRow(member, words))
    const outside =
      banned.length === 0 ? '' : `\n\n${words.says.group.banned}\n${columns(banned.map(toRow), 2)}`
    await output.showList(
      [...members.map(memberFields), ...banned.map(bannedFields)],
      `${columns(rows)}${outside}`,
    )
    return exitCode.done
  })
}

function memberRow(member: GroupMember, words: Words): string[] {
  const { account, binding, role, verified, you } = member
  const mark = verified ? words.labels.verified : bindingMark({ chat: account, binding }, words)
  return [personText(member), words.roles[role], you ? words.labels.you : mark]
}

function toRow(person: Person): string[] {
  return [personText(person), person.account]
}

function memberFields({ account, handle, name, role, you, binding, verified }: GroupMember): Fields {
  return { account, handle, name, role, you, binding, verified }
}

/** No role: not in the group. */
function bannedFields({ account, handle, name }: Person): Fields {
  return { account, handle, name, role: null, banned: true }
}
