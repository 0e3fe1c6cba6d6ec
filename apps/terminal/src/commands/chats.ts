/** Lists the chats with their latest message. */
import type { ChatSummary, Client, ShownMessage } from '@veche/client'
import { catchUp } from '../catch-up.ts'
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { messageFields } from '../message-view.ts'
import type { Fields } from '../output.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'

/** So much of the latest message is shown that a line fits most terminals. */
const excerptCharacters = 32

export function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    const chats = await Promise.all(client.chats().map((chat) => withLast(client, chat)))
    const rows = chats.map(({ with: peer, last, waiting }) => [
      `@${oneLine(peer.handle)}`,
      oneLine(peer.name),
      excerpt(last?.text ?? ''),
      waiting === 0 ? '' : words.says.waitingMessages(waiting),
    ])
    await output.showList(chats.map(chatFields), rows.length === 0 ? words.says.noChats : columns(rows))
    return exitCode.done
  })
}

interface ShownChat extends ChatSummary {
  readonly last: ShownMessage | undefined
}

async function withLast(client: Client, chat: ChatSummary): Promise<ShownChat> {
  return { ...chat, last: (await client.history(chat.chat, { limit: 1 })).at(-1) }
}

function chatFields({ chat, with: peer, state, last, waiting }: ShownChat): Fields {
  const { account, handle, name } = peer
  const latest = last === undefined ? null : messageFields(last)
  return { chat, type: 'private', handle, name, account, state, last: latest, waiting }
}

function excerpt(text: string): string {
  const line = [...oneLine(text)]
  return line.length <= excerptCharacters
    ? line.join('')
    : `${line.slice(0, excerptCharacters - 1).join('')}…`
}
