/** Searches the messages that this device has, of all chats (M21); asks no server. */
import type { ChatSummary } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { countOption } from '../given-values.ts'
import { groupName } from '../group-view.ts'
import { answeredBy, conversationText, messageFields } from '../message-view.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'
import type { Words } from '../words/en.ts'

const defaultLimit = 50
const maxLimit = 1_000_000

interface SearchOptions {
  readonly limit?: string
}

export async function run(context: Context, text: string, options: SearchOptions): Promise<ExitCode> {
  const { language, output, words } = context
  const limit = countOption(options.limit, maxLimit) ?? defaultLimit
  return withAccount(context, async ({ client, account: { account } }) => {
    const found = await client.search(text, { limit })
    const titles = new Map(client.chats().map((chat) => [chat.chat, titleOf(chat, words)]))
    const answered = await answeredBy(client, found)
    const view = { words, language, account, answered }
    const shown = conversationText(found, view, ({ chat }) => titles.get(chat))
    await output.showList(found.map(messageFields), found.length === 0 ? words.says.nothingFound : shown)
    return exitCode.done
  })
}

function titleOf(chat: ChatSummary, { says }: Words): string {
  return chat.type === 'group' ? says.group.titled(groupName(chat)) : `@${oneLine(chat.with.handle)}`
}
