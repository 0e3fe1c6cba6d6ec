/** An account says whether it wishes the server to keep a chat's history, and every device in the chat is told. */
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { Device, DeviceNumber } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { findDevice } from '../database/devices.ts'
import { addToInboxes, inboxKinds, removeFromInboxes } from '../database/inbox.ts'
import { lockWishes, updateWishes } from '../database/kept.ts'
import { withWish } from './wishes.ts'

/** @returns false unless the device is in the chat */
export async function setKept(
  { database, clock, hub, sweep }: ChatsContext,
  caller: Device,
  chatId: ChatId,
  kept: boolean,
): Promise<boolean> {
  const device = await findDevice(database, caller)
  const told =
    device &&
    (await database.transaction(async (transaction) => {
      await transaction.query('SET LOCAL synchronous_commit = on')
      const wishes = await lockWishes(transaction, chatId, device)
      const next = wishes && withWish(wishes, caller.accountId, kept, wishes.head)
      if (!next) return wishes && []
      await updateWishes(transaction, chatId, next)
      await tell(transaction, chatId, wishes.devices, clock.nowMs())
      return wishes.devices
    }))
  if (!told) return false
  if (told.length > 0) hub.inboxesChanged(told)
  if (!kept) void sweep.run()
  return true
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
  await removeFromInboxes(transaction, devices, { kind, subject })
  await addToInboxes(
    transaction,
    devices.map((device) => ({ device, kind, subject })),
    nowMs,
  )
}
