import { Code, principalOf, RpcError } from '@veche/service-kit'
import { chatView } from '../chat-view.ts'
import { findChats } from '../database/chats.ts'
import { setKept as setKeptInChat } from '../kept/set-kept.ts'
import { ensureWithin, keptChangesPerAccount } from '../limits.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const setKept: Route<'setKept'> =
  (context) =>
  async ({ chatId, kept }, call) => {
    const { accountId, deviceId } = principalOf(call)
    await ensureWithin(context.limiter, keptChangesPerAccount, accountId)
    const id = readChatId(chatId)
    await setKeptInChat(context, { accountId, deviceId }, id, kept)
    const [chat] = await findChats(context.database, [id])
    if (!chat) throw new RpcError(Code.NotFound, 'chat_unknown')
    const accounts = await context.people.find(chat.accounts)
    return { chat: chatView(chat, accountId, accounts) }
  }
