/** Lists contacts: the people of the open private chats (M10). */
import { bindingMark } from '../binding-mark.ts'
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
    const list = contacts.map(({ account, handle, name, chat, verified, binding }) => {
      return { account, handle, name, chat, verified, binding }
    })
    const rows = contacts.map((contact) => {
      const mark = contact.verified ? words.labels.verified : bindingMark(contact, words)
      return [`@${oneLine(contact.handle)}`, oneLine(contact.name), mark]
    })
    await output.showList(list, rows.length === 0 ? words.says.noContacts : columns(rows))
    return exitCode.done
  })
}
