import { principalOf } from '@veche/service-kit'
import { leaveGroup as leave } from '../groups/leave-group.ts'
import { ensureWithin, leavesPerAccount } from '../limits.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const leaveGroup: Route<'leaveGroup'> =
  (context) =>
  async ({ chatId, leaveRequest }, call) => {
    const { accountId, deviceId } = principalOf(call)
    await ensureWithin(context.limiter, leavesPerAccount, accountId)
    await leave(context, { accountId, deviceId }, readChatId(chatId), leaveRequest)
    return {}
  }
