import { Code, principalOf, RpcError } from '@veche/service-kit'
import { createGroup as create } from '../groups/create-group.ts'
import { appendsPerDevice, ensureWithin, groupsPerAccount } from '../limits.ts'
import { readNewChatId, refusalError } from './refusals.ts'
import type { Route } from './route.ts'

export const createGroup: Route<'createGroup'> = (context) => async (request, call) => {
  const { accountId, deviceId } = principalOf(call)
  const { messageId, chatState, handshake } = request
  await ensureWithin(context.limiter, appendsPerDevice, `${accountId} ${deviceId}`)
  await ensureWithin(context.limiter, groupsPerAccount, accountId, 'too_many_groups')
  if (!handshake) throw new RpcError(Code.InvalidArgument, 'commit_invalid')
  const frame = { chatId: readNewChatId(request.chatId), sender: { accountId, deviceId }, messageId }
  const outcome = await create(context, { frame, chatState, handshake })
  if (outcome.kind === 'refused') throw refusalError(outcome.reason)
  return { position: outcome.position, receivedAtMs: outcome.receivedAtMs }
}
