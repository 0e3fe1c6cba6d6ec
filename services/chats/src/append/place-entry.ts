/**
 * Where an entry stands in its chat's log, or why it does not: the decision of the append transaction, made on
 * the locked head of the log. The message id was looked up before: a repeated entry never comes here (A13).
 */
import { AccountId, type ChatId, DeviceId, equalBytes } from '@veche/protocol'
import { ChatType, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { silentIn } from '../groups/silent.ts'
import { MAX_EPOCHS_BEHIND } from '../limits.ts'
import { entryHash, nextLogHash } from './entry-hash.ts'
import type { CommitEffect, NewEntry, Refusal } from './new-entry.ts'
import { groupIdOf } from './read-entry.ts'
import {
  applyCommit,
  type Device,
  type DeviceKey,
  type DeviceNumber,
  deviceKey,
  type Member,
  type Roster,
  type RosterChange,
} from './roster.ts'

/** The head of a chat's log, as it is while the chat's row is locked. */
export interface LogHead {
  readonly chatId: ChatId
  readonly type: ChatType
  /** How often the chat was begun anew. */
  readonly incarnation: number
  /** The greatest position. */
  readonly position: bigint
  /** The epoch after it. */
  readonly epoch: bigint
  /** hash(position). */
  readonly logHash: Uint8Array
  readonly roster: Roster
  /** The epoch that the last commit began which added a device; 0 where it is not known any more. */
  readonly arrivalEpoch: bigint
  /** Of a private chat: who accepts no application messages there (M19). */
  readonly blockedBy: readonly AccountId[]
  /** Of a group: who may not write. */
  readonly silent: ReadonlySet<AccountId>
}

export interface PlacedEntry extends NewEntry {
  readonly position: bigint
  readonly device: DeviceNumber
  readonly entryHash: Uint8Array
  /** hash(position). */
  readonly logHash: Uint8Array
  readonly membership?: RosterChange
}

export type Placement =
  | { readonly kind: 'placed'; readonly entry: PlacedEntry; readonly head: LogHead }
  | { readonly kind: 'refused'; readonly reason: Refusal }

/** @param numbers of every device that the entry adds. */
export function placeEntry(
  head: LogHead,
  entry: NewEntry,
  numbers: ReadonlyMap<DeviceKey, DeviceNumber>,
): Placement {
  const sender = head.roster.get(deviceKey(entry.sender))
  const device = sender?.device ?? (entry.commit?.joins && numbers.get(deviceKey(entry.sender)))
  if (device === undefined) return refused('chat_unknown')
  const reason = entry.commit
    ? commitRefusal(head, entry.epoch, entry.commit, sender)
    : (blockRefusal(head, entry.sender) ??
      rightRefusal(head, entry.sender) ??
      epochRefusal(head, entry.epoch))
  if (reason) return refused(reason)
  // What is of a group before the present one is of an epoch that is past, and does not come here.
  if (!equalBytes(entry.groupId, groupIdOf(head.chatId, head.incarnation)))
    return refused(entry.commit ? 'commit_invalid' : 'entry_invalid')
  const position = head.position + 1n
  const membership = entry.commit && nextRoster(head.roster, entry.commit, numbers, position)
  const roster = membership?.roster ?? head.roster
  const ownHash = entryHash({ ...entry, ...senderIds(entry), position, kind: entryKind(entry) })
  const logHash = nextLogHash(head.logHash, ownHash)
  return {
    kind: 'placed',
    entry: {
      ...entry,
      position,
      device,
      entryHash: ownHash,
      logHash,
      ...(membership && { membership }),
    },
    head: {
      ...head,
      position,
      epoch: entry.commit ? head.epoch + 1n : head.epoch,
      logHash,
      roster,
      arrivalEpoch: membership && membership.added.length > 0 ? head.epoch + 1n : head.arrivalEpoch,
      silent: nextSilent(head, roster, entry.commit),
    },
  }
}

export function entryKind(entry: NewEntry): EntryKind.APPLICATION | EntryKind.COMMIT {
  return entry.commit ? EntryKind.COMMIT : EntryKind.APPLICATION
}

function refused(reason: Refusal): Placement {
  return { kind: 'refused', reason }
}

/** Commits are not asked: keys stay fresh, so that both can go on at once when the block ends. */
function blockRefusal({ blockedBy }: LogHead, { accountId }: Device): Refusal | undefined {
  if (blockedBy.length === 0) return undefined
  return blockedBy.includes(accountId) ? 'blocked_by_you' : 'not_accepted'
}

function rightRefusal({ silent }: LogHead, { accountId }: Device): Refusal | undefined {
  return silent.has(accountId) ? 'not_allowed' : undefined
}

function nextSilent(
  { silent }: LogHead,
  roster: Roster,
  commit: CommitEffect | undefined,
): ReadonlySet<AccountId> {
  return commit?.judged?.state ? silentIn(commit.judged.state, roster) : silent
}

/** A message stands where every device in the chat can read it: none is older than the last of them. */
function epochRefusal(
  { epoch: current, arrivalEpoch }: Pick<LogHead, 'epoch' | 'arrivalEpoch'>,
  epoch: bigint,
): Refusal | undefined {
  if (epoch > current) return 'entry_invalid' // no such epoch yet: nobody could read it
  return epoch < arrivalEpoch || current - epoch > MAX_EPOCHS_BEHIND ? 'stale_epoch' : undefined
}

/**
 * One commit wins an epoch (RFC 9420 section 14, A7). What it does in a private chat is judged here as far as a server
 * can, and that of a group was judged by the state and leaves of this very epoch; every member's client judges it again
 * by the whole table.
 */
function commitRefusal(
  head: LogHead,
  epoch: bigint,
  commit: CommitEffect,
  sender: Member | undefined,
): Refusal | undefined {
  if (epoch > head.epoch) return 'commit_invalid'
  if (epoch < head.epoch) return 'epoch_conflict'
  if (sender ? commit.joins : !commit.joins) return 'not_allowed'
  if (commit.senderLeaf !== sender?.leaf) return 'commit_invalid'
  if (commit.judged) return undefined
  if (head.type === ChatType.GROUP) return 'epoch_conflict' // it was another epoch when it was to be judged
  return sender && (removeRefusal(head.roster, commit, sender) ?? addRefusal(head.roster, commit))
}

/** A device leaves when its account has revoked it, or to come back at once with new keys. */
function removeRefusal(roster: Roster, commit: CommitEffect, sender: Member): Refusal | undefined {
  const byLeaf = new Map([...roster.values()].map((member) => [member.leaf, member]))
  const comesBack = new Set(commit.adds.map(deviceKey))
  if (new Set(commit.removes).size !== commit.removes.length) return 'commit_invalid'
  for (const leaf of commit.removes) {
    const member = byLeaf.get(leaf)
    if (!member || leaf === sender.leaf) return 'commit_invalid'
    if (!comesBack.has(deviceKey(member)) && !commit.revoked.has(member.deviceId)) return 'not_allowed'
  }
  return undefined
}

/** (account, device) is unique in a tree (A3). */
function addRefusal(roster: Roster, commit: CommitEffect): Refusal | undefined {
  const adds = commit.adds.map(deviceKey)
  if (new Set(adds).size !== adds.length) return 'commit_invalid'
  const stays = (key: DeviceKey) => roster.has(key) && !commit.removes.includes(roster.get(key)!.leaf)
  return adds.some(stays) ? 'commit_invalid' : undefined
}

function nextRoster(
  roster: Roster,
  commit: CommitEffect,
  numbers: ReadonlyMap<DeviceKey, DeviceNumber>,
  position: bigint,
): RosterChange {
  const adds = commit.adds.map((device) => ({ ...device, device: numbers.get(deviceKey(device))! }))
  return applyCommit(roster, commit.removes, adds, position)
}

function senderIds({ sender }: NewEntry): { accountId: Uint8Array; deviceId: Uint8Array } {
  return { accountId: AccountId.toBytes(sender.accountId), deviceId: DeviceId.toBytes(sender.deviceId) }
}
