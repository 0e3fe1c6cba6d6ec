import { Code, principalOf, RpcError } from '@veche/service-kit'
import { appendsPerDevice, ensureWithin } from '../limits.ts'
import { openChat } from '../requests/open-chat.ts'
import { readChatId, refusalError } from './refusals.ts'
import type { Route } from './route.ts'

export const createChat: Route<'createChat'> =
  (context) =>
  async ({ chatId, messageId, handshake }, call) => {
    const { accountId, deviceId } = principalOf(call)
    await ensureWithin(context.limiter, appendsPerDevice, `${accountId} ${deviceId}`)
    if (!handshake) throw new RpcError(Code.InvalidArgument, 'commit_invalid')
    const frame = {
      chatId: readChatId(chatId, 'request_unknown'),
      sender: { accountId, deviceId },
      messageId,
    }
    const outcome = await openChat(context, frame, handshake)
    if (outcome.kind === 'refused') throw refusalError(outcome.reason)
    return { position: outcome.position, receivedAtMs: outcome.receivedAtMs }
  }
