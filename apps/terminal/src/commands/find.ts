/** Searches for people who wish to be found, and for open groups (M12, M13, M21). */
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { excerpt } from '../excerpt.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { countOption } from '../given-values.ts'
import { groupName } from '../group-view.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'

const maxLimit = 20

interface FindOptions {
  readonly limit?: string
}

export async function run(context: Context, text: string, options: FindOptions): Promise<ExitCode> {
  const { output, words } = context
  const { people, openGroups } = words.says.group
  const limit = countOption(options.limit, maxLimit) ?? maxLimit
  return withAccount(context, async ({ client }) => {
    const found = await client.people.find(text, { limit })
    const groups = await client.groups.find(text, { limit })
    const peopleRows = found.map(({ handle, name }) => [`@${oneLine(handle)}`, oneLine(name)])
    const groupRows = groups.map((group) => [
      groupName(group),
      people(group.people),
      excerpt(group.description),
      group.link,
    ])
    const parts = [
      ...(peopleRows.length === 0 ? [] : [columns(peopleRows)]),
      ...(groupRows.length === 0 ? [] : [`${openGroups}\n${columns(groupRows, 2)}`]),
    ]
    const list = [
      ...found.map(({ account, handle, name }) => ({ account, handle, name })),
      ...groups.map(({ chat, name, description, people, link }) => ({
        chat,
        name,
        description,
        people,
        link,
      })),
    ]
    await output.showList(list, parts.length === 0 ? words.says.nobodyFound : parts.join('\n\n'))
    return exitCode.done
  })
}
