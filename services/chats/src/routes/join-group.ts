import { Code, principalOf, RpcError } from '@veche/service-kit'
import { chatView } from '../chat-view.ts'
import { findChats } from '../database/chats.ts'
import { findLogHash } from '../database/log.ts'
import { readJoin } from '../groups/read-join.ts'
import { appendsPerDevice, ensureWithin } from '../limits.ts'
import { readNewChatId, refusalError } from './refusals.ts'
import type { Route } from './route.ts'

export const joinGroup: Route<'joinGroup'> = (context) => async (request, call) => {
  const { accountId, deviceId } = principalOf(call)
  const { messageId, handshake } = request
  await ensureWithin(context.limiter, appendsPerDevice, `${accountId} ${deviceId}`)
  if (!handshake) throw new RpcError(Code.InvalidArgument, 'commit_invalid')
  const chatId = readNewChatId(request.chatId)
  const read = await readJoin(context, { chatId, sender: { accountId, deviceId }, messageId }, handshake)
  if (read.kind === 'refused') throw refusalError(read.reason)
  const outcome = await context.writer.append(read.entry)
  if (outcome.kind === 'refused') throw refusalError(outcome.reason)
  const { position, receivedAtMs } = outcome
  const previousLogHash = await findLogHash(context.database, chatId, position - 1n)
  const [chat] = await findChats(context.database, [chatId])
  return { position, receivedAtMs, previousLogHash, chat: chatView(chat!, accountId, new Map()) }
}
