import { Code, principalOf, RpcError } from '@veche/service-kit'
import { appendsPerDevice, ensureWithin, resetsPerDevice } from '../limits.ts'
import { resetChat as reset } from '../reset/reset-chat.ts'
import { readPosition } from './position.ts'
import { readChatId, refusalError } from './refusals.ts'
import type { Route } from './route.ts'

export const resetChat: Route<'resetChat'> = (context) => async (request, call) => {
  const { accountId, deviceId } = principalOf(call)
  const { messageId, chatState, handshake } = request
  await ensureWithin(context.limiter, appendsPerDevice, `${accountId} ${deviceId}`)
  await ensureWithin(context.limiter, resetsPerDevice, `${accountId} ${deviceId}`)
  if (!handshake) throw new RpcError(Code.InvalidArgument, 'commit_invalid')
  const frame = { chatId: readChatId(request.chatId), sender: { accountId, deviceId }, messageId }
  const [head, position] = [readPosition(request.head), readPosition(request.position)]
  const outcome = await reset(context, { frame, head, position, chatState, handshake })
  if (outcome.kind === 'refused') throw refusalError(outcome.reason)
  return { position: outcome.position, receivedAtMs: outcome.receivedAtMs }
}
