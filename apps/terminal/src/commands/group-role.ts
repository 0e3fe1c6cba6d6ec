/** Gives somebody in a group another role. To lower oneself is asked about: it cannot be taken back. */
import type { Client, GroupChat, RoleName } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { choiceArgument } from '../given-values.ts'
import { memberOf, withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'
import { personText } from '../message-view.ts'

/** The lowest first. */
export const roleNames = ['reader', 'member', 'admin', 'owner'] as const satisfies readonly RoleName[]

export async function run(
  context: Context,
  which: string,
  whom: string,
  wanted: string,
  { yes }: { readonly yes?: true },
): Promise<ExitCode> {
  const { output, words } = context
  const role = choiceArgument(wanted, roleNames)!
  return withGroup(context, which, async (client, group) => {
    const person = memberOf(client, group, whom)
    const { account, handle, you } = person
    if (you && roleNames.indexOf(role) < roleNames.indexOf(person.role)) {
      ensureOtherOwner(client, group)
      if (!yes && !(await isConfirmed(context, role, group)))
        throw wrongUse('lowers_yourself', groupName(group))
    }
    await client.groups.setRole(group.chat, account, role)
    const who = you ? words.labels.you : personText(person)
    await output.show(
      { chat: group.chat, account, handle, role },
      words.says.group.roleIs(who, words.roles[role], groupName(group)),
    )
    return exitCode.done
  })
}

/** @throws Failure `last_owner`: an owner who stays in the group stays owner until there is another */
function ensureOtherOwner({ groups }: Client, group: GroupChat): void {
  const owners = groups.members(group.chat).filter(({ role }) => role === 'owner')
  if (group.role === 'owner' && owners.length === 1)
    throw new Failure('last_owner', exitCode.refused, groupName(group))
}

async function isConfirmed({ terminal, words }: Context, role: RoleName, group: GroupChat): Promise<boolean> {
  const answer = await terminal.ask?.(words.prompts.lowerSelf(words.roles[role], groupName(group)))
  return words.answers.yes.includes(answer?.trim().toLowerCase() ?? '')
}
