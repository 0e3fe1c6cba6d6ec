/**
 * An account says whether it wishes the server to keep a chat's history, or one with the right says it for a group, and
 * every device in the chat is told.
 */
import { hasRight } from '@veche/mls/wire'
import { ChatId } from '@veche/protocol'
import { ChatType } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, type Queryable, RpcError } from '@veche/service-kit'
import type { Device, DeviceNumber } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { findDevice } from '../database/devices.ts'
import { readStates } from '../database/groups.ts'
import { inboxKinds, replaceInInboxes } from '../database/inbox.ts'
import { type LockedWishes, lockWishes, updateWishes } from '../database/kept.ts'
import { withDecision, withWish } from './wishes.ts'

/** @throws RpcError NOT_FOUND chat_unknown; PERMISSION_DENIED not_allowed */
export async function setKept(
  { database, clock, hub, sweep }: ChatsContext,
  caller: Device,
  chatId: ChatId,
  kept: boolean,
): Promise<void> {
  const device = await findDevice(database, caller)
  if (!device) throw new RpcError(Code.NotFound, 'chat_unknown')
  const told = await database.transaction(async (transaction) => {
    await transaction.query('SET LOCAL synchronous_commit = on')
    const wishes = await lockWishes(transaction, chatId, device)
    if (!wishes) throw new RpcError(Code.NotFound, 'chat_unknown')
    await ensureMay(transaction, chatId, wishes, caller)
    const change = wishes.type === ChatType.GROUP ? withDecision : withWish
    const next = change(wishes, caller.accountId, kept, wishes.head)
    if (!next) return []
    await updateWishes(transaction, chatId, next)
    await tell(transaction, chatId, wishes.devices, clock.nowMs())
    return wishes.devices
  })
  if (told.length > 0) hub.inboxesChanged(told)
  if (!kept) void sweep.run()
}

/** In a private chat each has an own say. @throws RpcError PERMISSION_DENIED not_allowed */
async function ensureMay(
  transaction: Queryable,
  chatId: ChatId,
  { type }: LockedWishes,
  { accountId }: Device,
): Promise<void> {
  if (type !== ChatType.GROUP) return
  const state = (await readStates(transaction, [chatId])).get(chatId)!
  if (!hasRight(state, accountId, 'keepHistory')) throw new RpcError(Code.PermissionDenied, 'not_allowed')
}

/** The chat is shown as it is when the item is read, so that one that waits is enough. */
async function tell(
  transaction: Queryable,
  chatId: ChatId,
  devices: readonly DeviceNumber[],
  nowMs: number,
): Promise<void> {
  const kind = inboxKinds.chatChanged
  const subject = ChatId.toBytes(chatId)
  await replaceInInboxes(
    transaction,
    devices.map((device) => ({ device, kind, subject })),
    nowMs,
  )
}
