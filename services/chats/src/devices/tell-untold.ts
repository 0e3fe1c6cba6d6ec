import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import { addToInboxes, findWaiting, lockInboxes, type NewInboxItem } from '../database/inbox.ts'

/** Puts items into inboxes but where the same lies already. @returns the devices that got one */
export async function tellUntold(
  transaction: Queryable,
  items: readonly NewInboxItem[],
  nowMs: number,
): Promise<readonly DeviceNumber[]> {
  if (items.length === 0) return []
  await lockInboxes(
    transaction,
    items.map(({ device }) => device),
  )
  const waiting = new Set((await findWaiting(transaction, items)).map(nameOf))
  const untold = items.filter((item) => !waiting.has(nameOf(item)))
  await addToInboxes(transaction, untold, nowMs)
  return untold.map(({ device }) => device)
}

function nameOf({ device, subject }: Pick<NewInboxItem, 'device' | 'subject'>): string {
  return `${device} ${Buffer.from(subject).toString('latin1')}`
}
