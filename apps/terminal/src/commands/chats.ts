/** Lists the chats with their latest message. */
import { type ChatSummary, type Client, type Person, UnreachableError } from '@veche/client'
import { bindingMark } from '../binding-mark.ts'
import { catchUp } from '../catch-up.ts'
import { peerOf } from '../chat-peer.ts'
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { keptFields } from '../kept-view.ts'
import { messageFields, personText } from '../message-view.ts'
import type { Fields } from '../output.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'

/** So much of the latest message is shown that a line fits most terminals. */
const excerptCharacters = 32

export function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    const chats = client.chats()
    const rows = chats.map((summary) => {
      const { last, unread, waiting, notSent } = summary
      const peer = peerOf(summary)
      return [
        peer.handle === '' ? '' : `@${oneLine(peer.handle)}`,
        oneLine(peer.name),
        excerpt(last?.text ?? ''),
        [
          ...(summary.type === 'group' || summary.binding === 'bound' ? [] : [bindingMark(summary, words)]),
          ...(unread === 0 ? [] : [words.says.unreadMessages(unread)]),
          ...(waiting === 0 ? [] : [words.says.waitingMessages(waiting)]),
          ...(notSent === 0 ? [] : [words.says.unsentMessages(notSent)]),
        ].join(', '),
      ]
    })
    const awaited = await awaitedOf(client)
    await output.showList(chats.map(chatFields), rows.length === 0 ? words.says.noChats : columns(rows))
    if (awaited.length > 0) {
      output.remark(words.says.awaited(awaited.map(personText).join(', ')), {
        awaited: awaited.map(({ handle }) => handle),
      })
    }
    return exitCode.done
  })
}

/** Chats that come when somebody else is connected; nobody knows of any while the server is away. */
async function awaitedOf(client: Client): Promise<Person[]> {
  try {
    return await client.awaited()
  } catch (error) {
    if (error instanceof UnreachableError) return []
    throw error
  }
}

function chatFields(summary: ChatSummary): Fields {
  const { chat, state, kept, last, unread, waiting, notSent } = summary
  const latest = last === undefined ? null : messageFields(last)
  return {
    chat,
    ...titleFields(summary),
    state,
    last: latest,
    unread,
    waiting,
    notSent,
    kept: keptFields(kept),
  }
}

function titleFields(summary: ChatSummary): Fields {
  const { type } = summary
  if (type === 'group') return { type, name: summary.name }
  const { handle, name, account } = summary.with
  return { type, handle, name, account, binding: summary.binding }
}

function excerpt(text: string): string {
  const line = [...oneLine(text)]
  return line.length <= excerptCharacters
    ? line.join('')
    : `${line.slice(0, excerptCharacters - 1).join('')}…`
}
