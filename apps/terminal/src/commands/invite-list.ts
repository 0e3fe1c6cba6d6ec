/** Shows the live invite links of a group: not the links themselves, which only their holders have. */
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'
import { linkFields, linkTerms } from '../link-view.ts'

export function run(context: Context, which: string): Promise<ExitCode> {
  const { output, words } = context
  const { noLinks, linkOver, linksOf, openLink } = words.says.group
  return withGroup(context, which, async (client, group) => {
    const invites = await client.groups.invites(group.chat)
    const name = groupName(group)
    const rows = invites.map((invite) => [
      invite.id,
      invite.open ? openLink : linkTerms(context, invite),
      invite.usable ? '' : linkOver,
    ])
    const text = invites.length === 0 ? noLinks(name) : `${linksOf(name)}\n${columns(rows, 2)}`
    await output.showList(
      invites.map((invite) => ({ chat: group.chat, ...linkFields(invite) })),
      text,
    )
    return exitCode.done
  })
}
