import { principalOf } from '@veche/service-kit'
import { chatView } from '../chat-view.ts'
import { listChats as listChatRows } from '../database/chats.ts'
import type { Route } from './route.ts'

export const listChats: Route<'listChats'> =
  ({ database, people }) =>
  async (_request, call) => {
    const { accountId } = principalOf(call)
    const chats = await listChatRows(database, accountId)
    const accounts = await people.find(chats.flatMap((chat) => chat.accounts))
    return { chats: chats.map((chat) => chatView(chat, accountId, accounts)) }
  }
