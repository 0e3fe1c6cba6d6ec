/** Shows or sets what each role may do in a group. */
import type { RightName } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { choiceArgument } from '../given-values.ts'
import { withGroup } from '../group-member.ts'
import { groupName, rightNames, rightsText, rightText } from '../group-view.ts'
import { roleNames } from './group-role.ts'

export async function run(
  context: Context,
  which: string,
  wantedRight: string | undefined,
  wantedRole: string | undefined,
): Promise<ExitCode> {
  const { output, words } = context
  const written = choiceArgument(wantedRight, Object.keys(rightNames) as (keyof typeof rightNames)[])
  const right: RightName | undefined = written && rightNames[written]
  const role = choiceArgument(wantedRole, roleNames)
  return withGroup(context, which, async (client, group) => {
    const { chat } = group
    if (right !== undefined && role !== undefined) await client.groups.setRights(chat, { [right]: role })
    const rights = client.groups.rights(chat)
    const name = groupName(group)
    const text =
      right === undefined ? rightsText(name, rights, words) : rightText(name, right, rights[right], words)
    await output.show({ chat, name: group.name, ...rights }, text)
    return exitCode.done
  })
}
