/** Puts a chat first in the list on all devices of the account, or does so no more (M20). */
import { catchUp } from '../catch-up.ts'
import { chatTitle, titledChat } from '../chat-title.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { settingFields } from '../mark-view.ts'
import { passOn } from '../pass-on.ts'
import { withAccount } from '../profile.ts'

interface PinOptions {
  readonly off?: true
}

export function run(context: Context, which: string, { off }: PinOptions): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    const { chat } = titledChat(client, which)
    await client.marks.pin(chat, off === undefined)
    await passOn(client, context)
    const summary = titledChat(client, chat)
    const { marks } = words.says
    const say = summary.pinned ? marks.pinned : marks.notPinned
    await output.show({ chat, ...settingFields(summary) }, say(chatTitle(summary)))
    return exitCode.done
  })
}
