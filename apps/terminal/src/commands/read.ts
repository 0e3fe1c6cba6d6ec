/** Counts a chat as read up to the newest message that this device has, on all devices of the account (M20). */
import { catchUp } from '../catch-up.ts'
import { chatTitle, titledChat } from '../chat-title.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { passOn } from '../pass-on.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, which: string): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client, seen }) => {
    await catchUp(client, context)
    const { chat, position } = titledChat(client, which)
    await client.keeping.markRead(chat, position)
    await seen.mark(chat, Number(position))
    await passOn(client, context)
    const { unread } = titledChat(client, chat)
    const text = words.says.marks.isRead(chatTitle(titledChat(client, chat)))
    await output.show({ chat, read: Number(position), unread }, text)
    return exitCode.done
  })
}
