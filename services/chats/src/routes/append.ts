import type { ChatId } from '@veche/protocol'
import type { AppendRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Principal, principalOf } from '@veche/service-kit'
import { type EntryFrame, type ReadEntry, readApplication, readCommit } from '../append/read-entry.ts'
import type { ChatsContext } from '../context.ts'
import { findAccountsOf } from '../database/chats.ts'
import { findDevice } from '../database/devices.ts'
import { appendsPerDevice, ensureWithin } from '../limits.ts'
import { readChatId, refusalError } from './refusals.ts'
import type { Route } from './route.ts'

export const append: Route<'append'> = (context) => async (request, call) => {
  const caller = principalOf(call)
  await ensureWithin(context.limiter, appendsPerDevice, `${caller.accountId} ${caller.deviceId}`)
  const chatId = readChatId(request.chatId)
  const read = await readEntry(
    context,
    { chatId, sender: senderOf(caller), messageId: request.messageId },
    request,
  )
  if (read.kind === 'refused') throw refusalError(read.reason)
  const outcome = await context.writer.append(read.entry)
  if (outcome.kind === 'refused') throw refusalError(outcome.reason)
  return { position: outcome.position, receivedAtMs: outcome.receivedAtMs }
}

async function readEntry(
  context: ChatsContext,
  frame: EntryFrame,
  { entry }: AppendRequest,
): Promise<ReadEntry> {
  switch (entry.case) {
    case 'application':
      return readApplication(frame, entry.value)
    case 'handshake': {
      const accounts = await accountsOf(context, frame.chatId, frame.sender)
      return accounts ? readCommit(frame, entry.value, accounts) : { kind: 'refused', reason: 'chat_unknown' }
    }
    case undefined:
      return { kind: 'refused', reason: 'entry_invalid' }
    default:
      return entry satisfies never
  }
}

/** The accounts of a chat that the sender is in, with their active devices. */
async function accountsOf({ database, people }: ChatsContext, chatId: ChatId, sender: EntryFrame['sender']) {
  const device = await findDevice(database, sender)
  const ids = device && (await findAccountsOf(database, chatId, device))
  return ids && [...(await people.find(ids)).values()]
}

function senderOf({ accountId, deviceId }: Principal): EntryFrame['sender'] {
  return { accountId, deviceId }
}
