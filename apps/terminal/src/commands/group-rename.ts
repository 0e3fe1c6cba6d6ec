/** Changes the name or the description of a group; what is not given stays. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { findGroup } from '../find-chat.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'
import { indentRest } from '../plain-text.ts'

interface RenameOptions {
  readonly description?: string
}

export async function run(
  context: Context,
  which: string,
  newName: string | undefined,
  options: RenameOptions,
): Promise<ExitCode> {
  const { output, words } = context
  if (newName === undefined && options.description === undefined) throw wrongUse('missing_argument', 'name')
  return withGroup(context, which, async (client, { chat }) => {
    await client.groups.rename(chat, {
      ...(newName !== undefined && { name: newName }),
      ...(options.description !== undefined && { description: options.description }),
    })
    const { name, description } = findGroup(client, chat)
    const renamed = words.says.group.renamed(groupName({ name, chat }))
    const text = description === '' ? renamed : `${renamed}\n  ${indentRest(description, 2)}`
    await output.show({ chat, name, description }, text)
    return exitCode.done
  })
}
