import type { MessageInitShape } from '@bufbuild/protobuf'
import type { AccountId } from '@veche/protocol'
import { type RequestMemberResponseSchema, RequestStatus } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { principalOf } from '@veche/service-kit'
import type { ChatsContext } from '../context.ts'
import type { MemberRequest } from '../database/member-requests.ts'
import { ensureWithin, requestsPerAccount } from '../limits.ts'
import { personOf } from '../people.ts'
import { statusOf } from '../requests/request-view.ts'
import { ensureHandle } from './handle.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const requestMember: Route<'requestMember'> =
  (context) =>
  async ({ chatId, handle }, call) => {
    const { accountId, deviceId } = principalOf(call)
    await ensureWithin(context.limiter, requestsPerAccount, accountId, 'too_many_requests')
    ensureHandle(handle)
    const asked = await context.memberRequests.ask({ accountId, deviceId }, readChatId(chatId), handle)
    return asked.kind === 'in-group'
      ? { status: RequestStatus.OPEN }
      : answerTo(context, asked.request, accountId)
  }

async function answerTo(
  { people, grantKey, clock }: ChatsContext,
  request: MemberRequest,
  account: AccountId,
): Promise<MessageInitShape<typeof RequestMemberResponseSchema>> {
  const { requestId, asked } = request
  const status = statusOf(request)
  if (status !== RequestStatus.CREATE) return { status, requestId }
  const person = (await people.find([asked])).get(asked)
  if (!person) return { status, requestId }
  const grant = grantKey.grant(account, asked, clock.nowMs())
  return { status, requestId, person: personOf(person), grant }
}
