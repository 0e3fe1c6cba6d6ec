/**
 * Takes a device's signed wish to be replaced in a chat by itself, and tells the chat's other devices: its own state there
 * is good for nothing any more, so one of them commits it.
 */
import { type VerifiedReplacement, verifyReplacement } from '@veche/mls/wire'
import { ChatId, DecodeError } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { groupIdOf } from '../append/read-entry.ts'
import type { Device } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { findDevice } from '../database/devices.ts'
import { inboxKinds } from '../database/inbox.ts'
import {
  type ChatEpoch,
  findEpoch,
  findOtherDevicesIn,
  type ReplacementRow,
  storeReplacement,
} from '../database/replacements.ts'
import { tellUntold } from './tell-untold.ts'

type OnWire = Pick<ReplacementRow, 'replaceRequest' | 'keyPackage'>

/** @throws RpcError NOT_FOUND chat_unknown; INVALID_ARGUMENT replacement_invalid */
export async function requestReplacement(
  { database, clock, hub }: ChatsContext,
  caller: Device,
  chatId: ChatId,
  { replaceRequest, keyPackage }: OnWire,
): Promise<void> {
  const device = await findDevice(database, caller)
  const present = device && (await findEpoch(database, chatId, device))
  if (device === undefined || present === undefined) throw new RpcError(Code.NotFound, 'chat_unknown')
  const wish = await readWish({ replaceRequest, keyPackage }, chatId, present)
  if (!wish || !isOf(caller, wish)) {
    throw new RpcError(Code.InvalidArgument, 'replacement_invalid')
  }
  const row = { chatId, device, epoch: wish.epoch, replaceRequest, keyPackage }
  const told = await database.transaction(async (transaction) => {
    await transaction.query('SET LOCAL synchronous_commit = on')
    if (!(await storeReplacement(transaction, row))) throw new RpcError(Code.NotFound, 'chat_unknown')
    const subject = ChatId.toBytes(chatId)
    const others = await findOtherDevicesIn(transaction, chatId, device)
    const items = others.map((other) => ({ device: other, kind: inboxKinds.devicesChanged, subject }))
    return tellUntold(transaction, items, clock.nowMs())
  })
  if (told.length > 0) hub.inboxesChanged(told)
}

async function readWish(
  wish: OnWire,
  chatId: ChatId,
  { epoch, incarnation }: ChatEpoch,
): Promise<VerifiedReplacement | undefined> {
  try {
    return await verifyReplacement(wish, { groupId: groupIdOf(chatId, incarnation), epoch })
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

function isOf({ accountId, deviceId }: Device, { keyPackage: { identity } }: VerifiedReplacement): boolean {
  return identity.accountId === accountId && identity.deviceId === deviceId
}
