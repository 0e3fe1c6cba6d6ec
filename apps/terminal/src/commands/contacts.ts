/** Lists contacts: the people of the open private chats (M10). */
import { catchUp } from '../catch-up.ts'
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    const contacts = await client.contacts()
    const list = contacts.map(({ account, handle, name, chat, verified }) => {
      return { account, handle, name, chat, verified }
    })
    const rows = contacts.map(({ handle, name, verified }) => {
      return [`@${oneLine(handle)}`, oneLine(name), verified ? words.labels.verified : '']
    })
    await output.showList(list, rows.length === 0 ? words.says.noContacts : columns(rows))
    return exitCode.done
  })
}
