/** Makes a group (M13). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { groupName } from '../group-view.ts'
import { withAccount } from '../profile.ts'

interface CreateOptions {
  readonly description?: string
  readonly announce?: true
  readonly open?: true
}

export function run(context: Context, name: string, options: CreateOptions): Promise<ExitCode> {
  const { output, words } = context
  const { description = '', announce = false, open = false } = options
  return withAccount(context, async ({ client }) => {
    const { chat } = await client.groups.create({ name, description, announce, open })
    await output.show(
      { chat, name, description, announce, open },
      words.says.group[open ? 'createdOpen' : 'created'](groupName({ name, chat })),
    )
    return exitCode.done
  })
}
