import { RequestStatus } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { principalOf } from '@veche/service-kit'
import { ensureWithin, requestsPerAccount } from '../limits.ts'
import { statusOf } from '../requests/request-view.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const requestJoin: Route<'requestJoin'> =
  (context) =>
  async ({ chatId, joinRequest }, call) => {
    const { accountId, deviceId } = principalOf(call)
    await ensureWithin(context.limiter, requestsPerAccount, accountId, 'too_many_requests')
    const group = readChatId(chatId, 'invite_unknown')
    const asked = await context.joinRequests.ask({ accountId, deviceId }, group, joinRequest)
    if (asked.kind === 'in-group') return { status: RequestStatus.OPEN }
    return { status: statusOf(asked.request), requestId: asked.request.requestId }
  }
