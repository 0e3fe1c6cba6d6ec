/** Which devices of a chat wish to come in anew: by their own signed words, and never by the server's (attack A1). */
import { type Group, type GroupMember, replacedBy, view } from '@veche/mls'
import type { Replacement } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { DeviceChange } from './device-change.ts'

export interface PlannedReplacement {
  /** Of the device, as it stands in the chat. */
  readonly leaf: number
  readonly member: GroupMember
  readonly keyPackage: Uint8Array
  readonly replaceRequest: Uint8Array
}

/** As many as a commit holds. */
const MAX_REPLACEMENTS = 64

/**
 * What does not verify is passed over, and who goes out of the chat anyway; the own device is replaced by others (RFC 9420
 * section 12.2).
 */
export async function planReplacements(
  group: Group,
  wishes: readonly Replacement[],
  nowMs: number,
): Promise<PlannedReplacement[]> {
  const planned = new Map<number, PlannedReplacement>()
  for (const { replaceRequest, keyPackage } of wishes.slice(0, MAX_REPLACEMENTS)) {
    const found = await replacedBy(group, { replaceRequest, keyPackage })
    if (!found || nowMs < found.keyPackage.notBeforeMs || nowMs > found.keyPackage.notAfterMs) continue
    const { leaf } = found.member
    if (leaf !== view(group).ownLeaf) {
      planned.set(leaf, { leaf, member: found.member, keyPackage, replaceRequest })
    }
  }
  return [...planned.values()]
}

/** Those of them whose devices stay. @param gone leaves that go out of the chat */
export function staying(
  replacements: readonly PlannedReplacement[],
  { removes }: Pick<DeviceChange, 'removes'>,
  gone: readonly number[],
): PlannedReplacement[] {
  const leaves = new Set([...gone, ...removes.map(({ leaf }) => leaf)])
  return replacements.filter(({ leaf }) => !leaves.has(leaf))
}
