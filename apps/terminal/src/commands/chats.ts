/** Lists the chats with their latest message. */
import { type ChatSummary, type Client, isEndedDevice, type Person, UnreachableError } from '@veche/client'
import { catchUp } from '../catch-up.ts'
import { chatsText } from '../chats-view.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { keptFields } from '../kept-view.ts'
import { settingFields } from '../mark-view.ts'
import { messageFields, personText } from '../message-view.ts'
import type { Fields } from '../output.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client, account: { account } }) => {
    await catchUp(client, context)
    const chats = client.chats()
    const awaited = await awaitedOf(client)
    // Who waits for their chats is not to be told how to get one.
    if (chats.length > 0 || awaited.length === 0)
      await output.showList(chats.map(chatFields), chatsText(chats, words, account))
    if (awaited.length > 0) {
      output.remark(words.says.awaited(awaited.map(personText).join(', ')), {
        awaited: awaited.map(({ handle }) => handle),
      })
    }
    return exitCode.done
  })
}

/** Chats that come when somebody else is connected; nobody knows of any whom the server does not tell. */
async function awaitedOf(client: Client): Promise<Person[]> {
  try {
    return await client.awaited()
  } catch (error) {
    if (error instanceof UnreachableError || isEndedDevice(error)) return []
    throw error
  }
}

function chatFields(summary: ChatSummary): Fields {
  const { chat, state, kept, last, unread, mentioned, waiting, notSent } = summary
  const latest = last === undefined ? null : messageFields(last)
  return {
    chat,
    ...titleFields(summary),
    state,
    last: latest,
    unread,
    mentioned,
    ...settingFields(summary),
    waiting,
    notSent,
    kept: keptFields(kept),
  }
}

function titleFields(summary: ChatSummary): Fields {
  if (summary.type === 'group') {
    const { type, name, description, people, role, canWrite } = summary
    return { type, name, description, people, role, canWrite }
  }
  const { type, binding } = summary
  const { handle, name, account } = summary.with
  return { type, handle, name, account, binding }
}
