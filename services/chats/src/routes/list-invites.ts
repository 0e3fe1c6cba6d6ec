import { hasRight } from '@veche/mls/wire'
import { Code, principalOf, RpcError } from '@veche/service-kit'
import { findDevice } from '../database/devices.ts'
import { findGroupOf } from '../database/groups.ts'
import { listInvites as listRows } from '../database/invites.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const listInvites: Route<'listInvites'> =
  ({ database }) =>
  async (request, call) => {
    const caller = principalOf(call)
    const chatId = readChatId(request.chatId)
    const device = await findDevice(database, caller)
    const group = device && (await findGroupOf(database, chatId, device))
    if (!group) throw new RpcError(Code.NotFound, 'chat_unknown')
    if (!hasRight(group.state, caller.accountId, 'invite'))
      throw new RpcError(Code.PermissionDenied, 'not_allowed')
    return { invites: [...(await listRows(database, chatId))] }
  }
