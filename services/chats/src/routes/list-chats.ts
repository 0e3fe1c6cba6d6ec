import { ChatId } from '@veche/protocol'
import { principalOf } from '@veche/service-kit'
import { chatView } from '../chat-view.ts'
import { findChatsWith, listChats as listChatRows } from '../database/chats.ts'
import { findDevice } from '../database/devices.ts'
import type { Route } from './route.ts'

export const listChats: Route<'listChats'> =
  ({ database, people }) =>
  async (_request, call) => {
    const { accountId, deviceId } = principalOf(call)
    const chats = await listChatRows(database, accountId)
    const accounts = await people.find(chats.flatMap((chat) => chat.accounts))
    const device = await findDevice(database, { accountId, deviceId })
    const present = device ? await findChatsWith(database, device) : []
    return {
      chats: chats.map((chat) => chatView(chat, accountId, accounts)),
      present: present.map(ChatId.toBytes),
    }
  }
