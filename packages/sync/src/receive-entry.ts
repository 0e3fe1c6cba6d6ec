/**
 * What the next entry of a chat's log means for this device. It decides and changes nothing: the outcome is stored
 * by the chat's one writer, in one transaction.
 *
 * Whatever the entry holds, the log goes on: an entry that is refused moves the position like any other, and people
 * are told. Only before a commit that this device cannot follow it stops, until the device comes into the chat anew
 * (own-replacements.ts). What the server says of an entry is compared with what its sender signed.
 */
import { create } from '@bufbuild/protobuf'
import { listedRole, loadPending, type Received, receive, view } from '@veche/mls'
import { readDepartures, readReplaced } from '@veche/mls/wire'
import {
  AccountId,
  DecodeError,
  DeviceId,
  equalBytes,
  type MessageId,
  MessageId as MessageIds,
} from '@veche/protocol'
import { type Entry, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { LogDigest } from '@veche/protocol/gen/e2ee/v1/message_pb.js'
import {
  type ChatChange,
  type Message,
  MessageSchema,
  Standing,
} from '@veche/protocol/gen/local/v1/chat_pb.js'
import { toChanges } from './chat-record.ts'
import { decodeContent, namesAccount } from './content.ts'
import type { NoticeKind } from './events.ts'
import { profileAfter } from './group-profile.ts'
import { enterEpoch, findItem, type LocalChat, logHashAt, MAX_LOG_HASHES } from './local-chat.ts'
import { entryHash, nextLogHash } from './log-hash.ts'
import { openMessage } from './message-seal.ts'
import { rulesOf } from './rules.ts'

export interface Reader {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  readonly nowMs: number
  /** Where a message with this id stands that was received before; undefined where none was. */
  find(messageId: MessageId): Promise<bigint | undefined>
}

/** What people are to be told of the entry; the chat and the position are the entry's. */
export interface Remark {
  readonly kind: NoticeKind
  readonly detail?: string
  /** Of `removed` and `stuck`: whose commit it was. */
  readonly by?: AccountId
}

export type Outcome =
  | { readonly kind: 'changes'; readonly changes: readonly ChatChange[]; readonly remark?: Remark }
  | EpochOutcome

/** A commit: the whole state is written anew, under a new key. */
interface EpochOutcome {
  readonly kind: 'epoch'
  readonly chat: LocalChat
  readonly by: AccountId
  /** Whose wish to leave it carried out. */
  readonly left: readonly AccountId[]
  /** The pending commit of this device. */
  readonly isOwn: boolean
  readonly remarks: readonly Remark[]
  /** Devices of this account that it brought in. */
  readonly ownArrivals: readonly DeviceId[]
}

/** @param entry the one at `chat.position + 1`. @throws DecodeError when the log itself is malformed */
export async function receiveEntry(chat: LocalChat, entry: Entry, reader: Reader): Promise<Outcome> {
  const logHash = nextLogHash(chat.logHashes.at(-1)!, entryHash(entry))
  const place: Place = { chat, entry, reader, at: { position: entry.position, logHash } }
  switch (entry.kind) {
    case EntryKind.APPLICATION:
      return isOwn(entry, reader) ? receiveOwn(place) : receiveMessage(place)
    case EntryKind.COMMIT:
      return receiveCommit(place)
    case EntryKind.REMOVED:
      return receiveRemoved(place)
    default:
      return passOver(place, { kind: 'unreadable', detail: 'an entry of an unknown kind' })
  }
}

interface Place {
  readonly chat: LocalChat
  readonly entry: Entry
  readonly reader: Reader
  readonly at: { readonly position: bigint; readonly logHash: Uint8Array }
}

function passOver({ at }: Place, remark?: Remark, delta = new Uint8Array()): Outcome {
  return {
    kind: 'changes',
    changes: toChanges({ case: 'received', value: { ...at, delta } }),
    ...(remark && { remark }),
  }
}

/**
 * An honest server removes what every device has, so either it is none, or this device was put back to an old state
 * (attack A19) and may have used keys that it has forgotten: nothing is sent before it has begun an epoch.
 */
function receiveRemoved({ at }: Place): Outcome {
  const changes = toChanges({ case: 'received', value: { ...at, removed: true } })
  return {
    kind: 'changes',
    changes,
    remark: { kind: 'unreadable', detail: 'removed before this device had it' },
  }
}

function halt({ at }: Place, standing: Standing, remark: Remark): Outcome {
  const changes = toChanges({ case: 'received', value: at }, { case: 'standing', value: standing })
  return { kind: 'changes', changes, remark }
}

/** The entry stays where it is, with all that follow: the server keeps them for as long as this device has not had them. */
function stop(remark: Remark | undefined): Outcome {
  const changes = toChanges({ case: 'standing', value: Standing.STUCK })
  return { kind: 'changes', changes, ...(remark && { remark }) }
}

/** Its keys may have been used already: it reads on, as far as it can, and writes no more. */
function findRolledBack(place: Place, detail: string): Outcome {
  if (place.chat.standing === Standing.ROLLED_BACK) return passOver(place)
  return halt(place, Standing.ROLLED_BACK, { kind: 'rolled-back', detail })
}

function isOwn(entry: Entry, { accountId, deviceId }: Reader): boolean {
  return (
    equalBytes(entry.accountId, AccountId.toBytes(accountId)) &&
    equalBytes(entry.deviceId, DeviceId.toBytes(deviceId))
  )
}

/** Its content is in the outbox: nobody can decrypt what they encrypted. */
async function receiveOwn(place: Place): Promise<Outcome> {
  const { chat, entry, reader, at } = place
  const item = findItem(chat, entry.messageId)
  if (item) {
    const shown = await reader.find(MessageIds.fromBytes(entry.messageId))
    if (shown !== undefined && isSentAnew(chat, shown)) return takeOut(place, entry.messageId)
    const message = toMessage(reader, item.content)
    // Acknowledged at another position: this is not the log that the server took it into (attack A9).
    const fork = item.position !== 0n && item.position !== entry.position
    const changes = toChanges({ case: 'received', value: { ...at, message, fork } })
    return { kind: 'changes', changes, ...(fork && { remark: { kind: 'fork' } }) }
  }
  const known =
    entry.messageId.length === 16 ? await reader.find(MessageIds.fromBytes(entry.messageId)) : undefined
  // What is known of it is ahead of the log as far as it was taken in.
  if (known === entry.position) return findRolledBack(place, 'a message of this device')
  if (known !== undefined) return passOver(place, { kind: 'replayed' })
  const received = await receive(chat.group, entry.mlsMessage)
  const isOfThisLeaf = received.kind === 'refused' && received.reason === 'own-message'
  // Anybody could write this device's name on an entry; only its keys can write its leaf into a message.
  if (!isOfThisLeaf) return passOver(place, { kind: 'unreadable', detail: 'not of this device' })
  return findRolledBack(place, 'a message of this device')
}

/** Whether what stands there is of the log before the chat was begun anew: the server may have lost it since. */
function isSentAnew({ begunAt }: LocalChat, position: bigint): boolean {
  return position > 0n && position < begunAt
}

/** It stands in the history already. */
function takeOut({ at }: Place, messageId: Uint8Array): Outcome {
  const changes = toChanges({ case: 'received', value: at }, { case: 'withdrawn', value: messageId })
  return { kind: 'changes', changes }
}

async function receiveMessage(place: Place): Promise<Outcome> {
  const received = await receive(place.chat.group, place.entry.mlsMessage)
  if (received.kind === 'refused') return passOver(place, { kind: 'unreadable', detail: received.reason })
  if (received.kind !== 'application') return passOver(place, { kind: 'unreadable', detail: 'not a message' })
  try {
    return await acceptMessage(place, received)
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    // Its key is used up all the same.
    return passOver(place, { kind: 'unreadable', detail: cause.message }, new Uint8Array(received.delta))
  }
}

async function acceptMessage(
  place: Place,
  { sender, plaintext, delta, epoch, late }: Extract<Received, { kind: 'application' }>,
): Promise<Outcome> {
  const { chat, entry, reader, at } = place
  if (!isOwn(entry, { ...reader, ...sender })) throw new DecodeError('entry: of another sender')
  const { content, bytes, seen } = await openMessage(chat.chatId, entry, plaintext, sender)
  const known = findItem(chat, entry.messageId) ? 0n : await reader.find(content.messageId)
  if (known !== undefined) {
    // By a state that is older than the history; or sent anew, since the server had lost it.
    const isSame = known === entry.position || isSentAnew(chat, known)
    return passOver(place, isSame ? undefined : { kind: 'replayed' }, new Uint8Array(delta))
  }
  const fork = late || isForked(chat, entry, seen, epoch)
  const message = toMessage(reader, bytes)
  const unread = content.accountId !== reader.accountId && content.body.kind !== 'unknown'
  const mentioned = unread && namesAccount(content, reader.accountId)
  const changes = toChanges({ case: 'received', value: { ...at, delta, message, fork, unread, mentioned } })
  if (fork) return { kind: 'changes', changes, remark: { kind: 'fork' } }
  if (content.body.kind === 'unknown') return { kind: 'changes', changes, remark: { kind: 'unsupported' } }
  return { kind: 'changes', changes }
}

/** Whether the sender had seen another past than this device has (attack A9). */
function isForked(chat: LocalChat, entry: Entry, seen: LogDigest, epoch: bigint): boolean {
  if (seen.position >= entry.position) return true
  const known = logHashAt(chat, seen.position)
  // A sender that this device can read has seen at least the commit that brought the two together.
  if (!known && chat.logHashes.length < MAX_LOG_HASHES) return true
  if (known && !equalBytes(known, seen.hash)) return true
  const secret = chat.epochs.find((one) => one.epoch === epoch)
  return secret !== undefined && !equalBytes(secret.epochDigest, seen.epochDigest)
}

async function receiveCommit(place: Place): Promise<Outcome> {
  const { chat, entry, reader, at } = place
  const received = await receive(chat.group, entry.mlsMessage)
  switch (received.kind) {
    case 'commit': {
      // One commit wins an epoch. A pending one of ours has lost; what it was for is still to be done.
      const updateDue = chat.updateDue || chat.pending !== undefined
      const { profile, isUnreadable } = await profileAfter(chat, received.group, entry)
      const next = { ...(await enterEpoch(chat, received.group, at)), updateDue, profile }
      const { notices, ownArrivals } = arrivalsIn(chat, next, reader, entry.mlsMessage)
      const remarks = [...notices, ...(isUnreadable ? [UNREADABLE_PROFILE] : [])]
      const [by, left] = [received.committer.accountId, readDepartures(entry.mlsMessage)]
      return { kind: 'epoch', chat: next, by, left, isOwn: false, remarks, ownArrivals }
    }
    case 'own-commit':
      return receiveOwnCommit(place)
    case 'removed': {
      const by = received.committer.accountId
      return received.replaced
        ? receiveReplaced(place, by)
        : halt(place, Standing.REMOVED, { kind: 'removed', by })
    }
    case 'refused':
      return receiveRefused(place, received)
    case 'application':
      return passOver(place, { kind: 'unreadable', detail: 'not a commit' }, new Uint8Array(received.delta))
    default:
      return received satisfies never
  }
}

/** Its Welcome follows, where this device has asked for it. */
function receiveReplaced({ chat }: Place, by: AccountId): Outcome {
  const isAsked = chat.standing === Standing.ROLLED_BACK
  return stop(isAsked ? undefined : { kind: 'stuck', detail: 'replaced', by })
}

/** Where a member signed it, others may have followed it. What nobody signed is the server's own, and changes nothing. */
function receiveRefused(place: Place, { reason, signer }: Extract<Received, { kind: 'refused' }>): Outcome {
  if (signer) return stop({ kind: 'stuck', detail: reason, by: signer.accountId })
  // Between this epoch and that one a commit is missing here.
  return passOver(place, { kind: reason === 'future' ? 'fork' : 'unreadable', detail: reason })
}

async function receiveOwnCommit(place: Place): Promise<Outcome> {
  const { chat, entry, reader, at } = place
  const pending = chat.pending && loadPending(chat.pending.saved)
  if (!pending || !equalBytes(pending.commit, entry.mlsMessage)) {
    const isTold = chat.standing === Standing.ROLLED_BACK
    return stop(isTold ? undefined : { kind: 'rolled-back', detail: 'a commit of this device' })
  }
  const standing = chat.standing === Standing.CREATING ? Standing.OPEN : chat.standing
  const { profile } = chat.pending!
  const next = { ...(await enterEpoch(chat, pending.next, at)), standing, profile }
  const { notices, ownArrivals } = arrivalsIn(chat, next, reader, entry.mlsMessage)
  const remarks = chat.standing === Standing.CREATING ? [] : notices
  const left = readDepartures(entry.mlsMessage)
  return { kind: 'epoch', chat: next, by: reader.accountId, left, isOwn: true, remarks, ownArrivals }
}

/**
 * People are told when somebody else writes from another device than before, and when a device has come in the place of
 * itself; of their own new ones they are told apart.
 */
function arrivalsIn(
  before: LocalChat,
  after: LocalChat,
  { accountId: own }: Pick<Reader, 'accountId'>,
  commit: Uint8Array,
): { readonly notices: Remark[]; readonly ownArrivals: DeviceId[] } {
  const known = new Set(view(before.group).members.map(({ deviceId }) => deviceId))
  const arrived = view(after.group).members.filter(({ deviceId }) => !known.has(deviceId))
  const other = arrived.find(
    ({ accountId }) => accountId !== own && listedRole(rulesOf(before.group), accountId) !== undefined,
  )
  const replaced = new Set(readReplaced(commit).map(({ accountId }) => accountId))
  return {
    notices: [
      ...(other ? [{ kind: 'new-device', detail: other.accountId } as const] : []),
      ...[...replaced].map((detail) => ({ kind: 'replaced-device', detail }) as const),
    ],
    ownArrivals: arrived.filter(({ accountId }) => accountId === own).map(({ deviceId }) => deviceId),
  }
}

export const UNREADABLE_PROFILE: Remark = { kind: 'unreadable', detail: 'the profile of the group' }

function toMessage(reader: Reader, bytes: Uint8Array): Message {
  const content = decodeContent(bytes)
  return create(MessageSchema, {
    messageId: MessageIds.toBytes(content.messageId),
    accountId: AccountId.toBytes(content.accountId),
    deviceId: DeviceId.toBytes(content.deviceId),
    sentAtMs: BigInt(content.sentAtMs),
    receivedAtMs: BigInt(reader.nowMs),
    content: bytes,
  })
}
