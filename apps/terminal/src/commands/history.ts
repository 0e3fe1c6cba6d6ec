/** Shows the latest messages of a chat, oldest first, after fetching what was missed. */
import { catchUp } from '../catch-up.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { findChat } from '../find-chat.ts'
import { countOption } from '../given-values.ts'
import { groupName } from '../group-view.ts'
import { gapFields, gapsAmong, gapText, placeGaps } from '../history-gaps.ts'
import { answeredBy, conversationText, messageFields } from '../message-view.ts'
import { fetchOlder, tellMissingKeys } from '../older-messages.ts'
import { passOn } from '../pass-on.ts'
import { withAccount } from '../profile.ts'
import { shownUpTo } from '../shown.ts'

const defaultLimit = 50
const maxLimit = 1_000_000

interface HistoryOptions {
  readonly limit?: string
  readonly numbers?: boolean
}

export async function run(context: Context, which: string, options: HistoryOptions): Promise<ExitCode> {
  const { language, output, words } = context
  const limit = countOption(options.limit, maxLimit) ?? defaultLimit
  return withAccount(context, async ({ client, account: { account }, seen }) => {
    await catchUp(client, context)
    const chat = findChat(client, which)
    await fetchOlder(client, chat, limit)
    const before = client.chats().find((known) => known.chat === chat)!
    const messages = await client.history(chat, { limit })
    const gaps = placeGaps(gapsAmong(before, messages, messages.length < limit), messages)
    const title = before.type === 'group' ? words.says.group.titled(groupName(before)) : undefined
    const view = { words, language, account, hasNumbers: options.numbers ?? false, gaps: gaps.before }
    const answered = await answeredBy(client, messages)
    const text = conversationText(messages, { ...view, answered }, () => title)
    const lines = [...(text === '' ? [] : [text]), ...gaps.after.map((gap) => gapText(gap, words))]
    const fields = messages.flatMap((message) => [
      ...(gaps.before.get(message.id) ?? []).map(gapFields),
      messageFields(message),
    ])
    await output.showList(
      [...fields, ...gaps.after.map(gapFields)],
      lines.join('\n') || words.says.noMessages,
    )
    tellMissingKeys(client, context)
    const last = shownUpTo(before, messages, account)
    if (last === undefined) return exitCode.done
    await seen.mark(chat, Number(last))
    await client.keeping.markRead(chat, last)
    await passOn(client, context)
    return exitCode.done
  })
}
