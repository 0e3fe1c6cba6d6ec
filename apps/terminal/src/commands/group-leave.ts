/** Leaves a group: nothing more of it comes, what this device has stays. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'

export function run(context: Context, which: string, { yes }: { readonly yes?: true }): Promise<ExitCode> {
  const { output, words } = context
  return withGroup(context, which, async (client, group) => {
    const name = groupName(group)
    if (!yes && !(await isConfirmed(context, name))) throw wrongUse('leaves_group', name)
    await client.groups.leave(group.chat)
    await output.show({ chat: group.chat, name: group.name, left: true }, words.says.group.left(name))
    return exitCode.done
  })
}

async function isConfirmed({ terminal, words }: Context, name: string): Promise<boolean> {
  const answer = await terminal.ask?.(words.prompts.leaveGroup(name))
  return words.answers.yes.includes(answer?.trim().toLowerCase() ?? '')
}
