import { type AppendRequest, ChatType, type Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Principal, principalOf } from '@veche/service-kit'
import { readCommit } from '../append/read-commit.ts'
import { type EntryFrame, type ReadEntry, readApplication, refused } from '../append/read-entry.ts'
import type { ChatsContext } from '../context.ts'
import { findAccountsOf } from '../database/chats.ts'
import { findDevice } from '../database/devices.ts'
import { findWholeGroupOf } from '../database/groups.ts'
import { readGroupCommit } from '../groups/read-group-commit.ts'
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
  const { judged } = read.entry.commit ?? {}
  if (judged && judged.offer.publication.kind !== 'none') await context.directoryNotices.changed(chatId)
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
    case 'handshake':
      return readHandshake(context, frame, entry.value)
    case undefined:
      return refused('entry_invalid')
    default:
      return entry satisfies never
  }
}

async function readHandshake(
  context: ChatsContext,
  frame: EntryFrame,
  handshake: Handshake,
): Promise<ReadEntry> {
  const { database, people } = context
  const device = await findDevice(database, frame.sender)
  const chat = device && (await findAccountsOf(database, frame.chatId, device))
  if (!chat) return refused('chat_unknown')
  if (chat.type === ChatType.PRIVATE) {
    return readCommit(frame, handshake, [...(await people.find(chat.accounts)).values()])
  }
  const group = await findWholeGroupOf(database, frame.chatId, device)
  return group ? readGroupCommit(context, frame, handshake, group) : refused('chat_unknown')
}

function senderOf({ accountId, deviceId }: Principal): EntryFrame['sender'] {
  return { accountId, deviceId }
}
