/** Shows who has read an own message, of those who let others see it (M20). */
import { catchUp } from '../catch-up.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { findChat } from '../find-chat.ts'
import { findMessage, lastOf } from '../find-message.ts'
import { personText } from '../message-view.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, which: string, message: string): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client, account: { account } }) => {
    await catchUp(client, context)
    const chat = findChat(client, which)
    const found =
      message === 'last'
        ? await lastOf(client, chat, (from) => from === account)
        : await findMessage(client, chat, message)
    if (found?.seq === undefined || found.from.account !== account) throw wrongUse('message_unknown', message)
    const readers = client.marks.readers(chat, found.seq)
    const { readBy, readByNobody } = words.says.marks
    const fields = readers.map(({ handle, name, account }) => ({ handle, name, account }))
    await output.showList(
      fields,
      readers.length === 0 ? readByNobody : readBy(readers.map(personText).join(', ')),
    )
    return exitCode.done
  })
}
