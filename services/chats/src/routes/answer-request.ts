import { Answer } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, principalOf, RpcError } from '@veche/service-kit'
import { requestAnswer, statusOf } from '../requests/request-view.ts'
import type { Route } from './route.ts'

export const answerRequest: Route<'answerRequest'> =
  (context) =>
  async ({ requestId, answer }, call) => {
    const { accountId } = principalOf(call)
    const given = readAnswer(answer)
    const toGroup = await context.memberRequests.answer(accountId, requestId, given)
    if (toGroup) return { status: statusOf(toGroup) }
    const toJoin = await context.joinRequests.answer(accountId, requestId, given)
    if (toJoin) return { status: statusOf(toJoin) }
    const pair = await context.requests.answer(accountId, requestId, given)
    return requestAnswer(pair, accountId, context)
  }

function readAnswer(answer: Answer): 'allow' | 'refuse' {
  if (answer === Answer.ALLOW) return 'allow'
  if (answer === Answer.REFUSE) return 'refuse'
  throw new RpcError(Code.InvalidArgument, 'answer_missing')
}
