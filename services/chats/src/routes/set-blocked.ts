import { Code, principalOf, RpcError } from '@veche/service-kit'
import { storeBlocked } from '../database/chats.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

/** The chat's row is what appends lock, so whoever appends after the answer meets the block. */
export const setBlocked: Route<'setBlocked'> =
  ({ database }) =>
  async ({ chatId, blocked }, call) => {
    const { accountId } = principalOf(call)
    const stored = await storeBlocked(database, readChatId(chatId), accountId, blocked)
    if (!stored) throw new RpcError(Code.NotFound, 'chat_unknown')
    return {}
  }
