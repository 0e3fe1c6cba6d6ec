/**
 * Which device is which leaf of a chat's MLS tree, as far as a server can tell from the commits it has decoded.
 * A value: applying a commit gives the next one.
 */
import type { AccountId, DeviceId } from '@veche/protocol'

/** A device by who owns it: device ids are unique only among one account's devices. */
export interface Device {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
}

declare const brand: unique symbol
/** The number of a device's row, which stands for it in every table of this service. */
export type DeviceNumber = bigint & { readonly [brand]: 'device number' }

export interface NumberedDevice extends Device {
  readonly device: DeviceNumber
}

export interface Member extends NumberedDevice {
  readonly leaf: number
  /** The position of the commit that added it; 0 for who made the chat. */
  readonly since: bigint
}

declare const deviceKeyBrand: unique symbol
/** A device as a key of a Map. */
export type DeviceKey = string & { readonly [deviceKeyBrand]: true }

export type Roster = ReadonlyMap<DeviceKey, Member>

export interface RosterChange {
  readonly roster: Roster
  readonly added: readonly Member[]
  readonly removed: readonly Member[]
}

export function deviceKey({ accountId, deviceId }: Device): DeviceKey {
  return `${accountId}/${deviceId}` as DeviceKey
}

export function rosterOf(members: Iterable<Member>): Roster {
  return new Map(Array.from(members, (member) => [deviceKey(member), member]))
}

/**
 * Removes first, then adds, each to the leftmost blank leaf (RFC 9420 sections 12.3 and 7.7).
 * @param position of the commit
 */
export function applyCommit(
  roster: Roster,
  removes: readonly number[],
  adds: readonly NumberedDevice[],
  position: bigint,
): RosterChange {
  const gone = new Set(removes)
  const members = [...roster.values()]
  const removed = members.filter(({ leaf }) => gone.has(leaf))
  const kept = members.filter(({ leaf }) => !gone.has(leaf))
  const leaves = blankLeaves(kept)
  const added = adds.map((device): Member => ({ ...device, leaf: leaves.next().value, since: position }))
  return { roster: rosterOf([...kept, ...added]), added, removed }
}

/** Leftmost first, without end: past the last leaf the tree grows. */
function* blankLeaves(members: readonly Member[]): Generator<number, never> {
  const taken = new Set(members.map(({ leaf }) => leaf))
  for (let leaf = 0; ; leaf++) if (!taken.has(leaf)) yield leaf
}
