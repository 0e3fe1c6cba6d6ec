import { Code, principalOf, RpcError } from '@veche/service-kit'
import { listChatAccounts } from '../devices/chat-accounts.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const listChatDevices: Route<'listChatDevices'> = (context) => async (request, call) => {
  const devices = await listChatAccounts(context, readChatId(request.chatId), principalOf(call), request)
  if (!devices) throw new RpcError(Code.NotFound, 'chat_unknown')
  return devices
}
