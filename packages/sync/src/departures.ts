/** Who wishes to leave a group: by their own signed words, and never by the server's (attack A1). */
import { type Group, leaverOf, view } from '@veche/mls'
import type { AccountId } from '@veche/protocol'
import type { DeviceChange } from './device-change.ts'

export interface Departure {
  readonly accountId: AccountId
  readonly leaveRequest: Uint8Array
}

/** As many as a commit holds. */
const MAX_DEPARTURES = 64

/** What does not verify is passed over; the own account is taken out by others (RFC 9420 section 12.2). */
export async function planDepartures(
  group: Group,
  leaveRequests: readonly Uint8Array[],
  own: AccountId,
): Promise<Departure[]> {
  const departures = new Map<AccountId, Departure>()
  for (const leaveRequest of leaveRequests) {
    if (departures.size >= MAX_DEPARTURES) break
    const accountId = await leaverOf(group, leaveRequest)
    if (accountId && accountId !== own) departures.set(accountId, { accountId, leaveRequest })
  }
  return [...departures.values()]
}

/** Nothing is changed about the devices of those who leave: all of them go. */
export function without(change: DeviceChange, group: Group, departures: readonly Departure[]): DeviceChange {
  const leaving = new Set(departures.map(({ accountId }) => accountId))
  const leaves = new Set(
    view(group).members.flatMap(({ accountId, leaf }) => (leaving.has(accountId) ? leaf : [])),
  )
  return {
    adds: change.adds.filter(({ accountId }) => !leaving.has(accountId)),
    removes: change.removes.filter(({ leaf }) => !leaves.has(leaf)),
  }
}
