/**
 * Takes an account's signed wish to leave a group, and tells the others: a device cannot take its own leaf out (RFC 9420
 * section 12.2), so one of them commits it.
 */
import { type LeaveWish, verifyLeaveWish } from '@veche/mls/wire'
import { ChatId, DecodeError } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { groupIdOf } from '../append/read-entry.ts'
import type { Device } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { findDevice } from '../database/devices.ts'
import { findWholeGroupOf, type GroupWithLeaves } from '../database/groups.ts'
import { inboxKinds } from '../database/inbox.ts'
import { findOthersIn, storeLeaveRequest } from '../database/leave-requests.ts'
import { tellUntold } from '../devices/tell-untold.ts'

/** @throws RpcError NOT_FOUND chat_unknown; INVALID_ARGUMENT leave_invalid */
export async function leaveGroup(
  { database, clock, hub }: ChatsContext,
  caller: Device,
  chatId: ChatId,
  request: Uint8Array,
): Promise<void> {
  const device = await findDevice(database, caller)
  const group = device && (await findWholeGroupOf(database, chatId, device))
  if (!group) throw new RpcError(Code.NotFound, 'chat_unknown')
  const wish = await readWish(request, chatId, group)
  if (wish?.accountId !== caller.accountId || wish.deviceId !== caller.deviceId) {
    throw new RpcError(Code.InvalidArgument, 'leave_invalid')
  }
  const told = await database.transaction(async (transaction) => {
    await transaction.query('SET LOCAL synchronous_commit = on')
    const { accountId } = caller
    if (!(await storeLeaveRequest(transaction, { chatId, accountId, device, epoch: wish.epoch, request }))) {
      throw new RpcError(Code.NotFound, 'chat_unknown') // a commit was first
    }
    const subject = ChatId.toBytes(chatId)
    const others = await findOthersIn(transaction, chatId, accountId)
    const items = others.map((other) => ({ device: other, kind: inboxKinds.devicesChanged, subject }))
    return tellUntold(transaction, items, clock.nowMs())
  })
  if (told.length > 0) hub.inboxesChanged(told)
}

async function readWish(
  request: Uint8Array,
  chatId: ChatId,
  { epoch, state, members }: GroupWithLeaves,
): Promise<LeaveWish | undefined> {
  try {
    const groupId = groupIdOf(chatId, state.incarnation)
    return await verifyLeaveWish(request, { groupId, epoch, members })
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
