/**
 * One chat as this device holds it: a value. It changes only by `applyChanges`, both when something happens and when
 * the journal is read again, so what is in memory is always what a restart would find.
 */
import { create } from '@bufbuild/protobuf'
import type { HistoryEntry } from '@veche/history'
import { applyDelta, type Group, stateOf, view } from '@veche/mls'
import { AccountId, type ChatId, DeviceId, equalBytes, MessageId } from '@veche/protocol'
import type { Person } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import {
  type Archive,
  type ChatChange,
  type EpochSecret,
  EpochSecretSchema,
  type GroupProfile,
  type Message,
  type OutboxItem,
  OutboxItemSchema,
  type PendingCommit,
  type Received,
  type Refused,
  Standing,
} from '@veche/protocol/gen/local/v1/chat_pb.js'
import type { ChatMarks } from '@veche/protocol/gen/local/v1/marks_pb.js'
import { historyKeyOf } from './archive-key.ts'
import { afterPage, anew } from './local-archive.ts'
import { type LocalKeeping, toLocalKeeping } from './local-keeping.ts'
import { NO_MARKS, readOf, withMarks } from './local-marks.ts'
import { signalKeyOf, withoutOldSignalKeys } from './signal-seal.ts'

/**
 * Messages of one epoch that were encrypted and refused, after which the device begins an epoch: receivers step over
 * 4,096 keys at most (attack A12).
 */
const MAX_SKIPPED = 1000
/** How far back a message's digest of the log can be checked. */
export const MAX_LOG_HASHES = 1024

export interface LocalChat {
  readonly chatId: ChatId
  /** The other person of a private chat; undefined in a group. */
  readonly peer?: Person | undefined
  /** Of a group; undefined where none fits the group's state. */
  readonly profile?: GroupProfile | undefined
  /** Of a group: who its accounts are, those who went out included. */
  readonly people: readonly Person[]
  readonly group: Group
  /** The greatest position processed. */
  readonly position: bigint
  /** hash(position) and those before it, oldest first, at most MAX_LOG_HASHES. */
  readonly logHashes: readonly Uint8Array[]
  readonly epochs: readonly EpochSecret[]
  readonly outbox: readonly OutboxItem[]
  readonly pending?: PendingCommit | undefined
  readonly updateDue: boolean
  readonly standing: Standing
  readonly forks: readonly bigint[]
  /** Everything up to here was shown to the user. */
  readonly read: bigint
  /** Messages of others after it, and those among them that name this account. */
  readonly unread: number
  readonly mentioned: number
  readonly keeping: LocalKeeping
  /** Messages that were encrypted in the present epoch and refused. */
  readonly skipped: number
  /** Which history holds its messages. */
  readonly generation: number
  /** What is older than this device; undefined where there is nothing for it to read. */
  readonly archive?: Archive | undefined
  /** What stands beside the log. */
  readonly marks: ChatMarks
  /** Where the log goes on since the chat was begun anew, and when that was here; 0 for one that never was. */
  readonly begunAt: bigint
  readonly begunAtMs: number
}

/** What a chat begins with. */
export const UNTOUCHED = {
  people: [],
  forks: [],
  read: 0n,
  unread: 0,
  mentioned: 0,
  keeping: { device: true, server: true, peerServer: true, revision: 0n },
  skipped: 0,
  generation: 0,
  marks: NO_MARKS,
  begunAt: 0n,
  begunAtMs: 0,
} as const satisfies Partial<LocalChat>

/** Whether the chat is a group, as its members agree. */
export function isGroup({ group }: Pick<LocalChat, 'group'>): boolean {
  return stateOf(group).kind === ChatKind.GROUP
}

/** Whether this device can go on in the chat only once it has come in anew (own-replacements.ts). */
export function isHalted({ standing }: Pick<LocalChat, 'standing'>): boolean {
  return standing === Standing.STUCK || standing === Standing.ROLLED_BACK || standing === Standing.PARTED
}

/** Whether nothing of the log is taken in any more, but by a Welcome. */
export function isOver({ standing }: Pick<LocalChat, 'standing'>): boolean {
  return standing === Standing.REMOVED || standing === Standing.STUCK || standing === Standing.PARTED
}

/** The chat after all the changes. @throws DecodeError for a delta that does not fit */
export function applyChanges(chat: LocalChat, changes: readonly ChatChange[]): LocalChat {
  return changes.reduce(applyChange, chat)
}

function applyChange(chat: LocalChat, { change }: ChatChange): LocalChat {
  switch (change.case) {
    case 'received':
      return applyReceived(chat, change.value)
    case 'queued':
      return { ...chat, outbox: [...chat.outbox, change.value] }
    case 'sealed': {
      const { messageId, delta, application } = change.value
      const outbox = withItem(chat.outbox, messageId, (item) => ({ ...item, sealed: application! }))
      return { ...chat, group: applyDelta(chat.group, delta), outbox }
    }
    case 'acknowledged': {
      const { messageId, position } = change.value
      return { ...chat, outbox: withItem(chat.outbox, messageId, (item) => ({ ...item, position })) }
    }
    case 'refused':
      return applyRefused(chat, change.value)
    case 'resumed':
      return { ...chat, outbox: withItem(chat.outbox, change.value, (item) => ({ ...item, refused: '' })) }
    case 'withdrawn':
      return { ...chat, outbox: without(chat.outbox, change.value) }
    case 'committed':
      return { ...chat, pending: change.value, updateDue: chat.updateDue && change.value.withoutPath }
    case 'dropped':
      return { ...chat, pending: undefined }
    case 'standing':
      return applyStanding(chat, change.value)
    case 'read': {
      const { position: read, unread, mentioned } = change.value
      return { ...chat, read, unread, mentioned }
    }
    case 'keeping':
      return withKeeping(chat, toLocalKeeping(change.value))
    case 'marks':
      return { ...chat, marks: withMarks(chat.marks, change.value) }
    case 'people':
      return { ...chat, people: withPeople(chat.people, change.value.people) }
    case 'archived':
      return { ...chat, archive: chat.archive && afterPage(chat.archive, change.value) }
    case 'archiveReset':
      return { ...chat, archive: chat.archive && anew(chat.archive) }
    case undefined:
      return chat
    default:
      return change satisfies never
  }
}

/** Where nothing stays on this device nothing older is fetched, then or later (M22). */
function withKeeping(chat: LocalChat, keeping: LocalKeeping): LocalChat {
  return { ...chat, keeping, archive: keeping.device ? chat.archive : undefined }
}

/** What waits in a group that the account is in no more is not sent, also should it come back. */
function applyStanding(chat: LocalChat, standing: Standing): LocalChat {
  if (standing !== Standing.REMOVED) return { ...chat, standing }
  const outbox = chat.outbox.map((item) =>
    item.position !== 0n || item.refused !== ''
      ? item
      : create(OutboxItemSchema, {
          messageId: item.messageId,
          content: item.content,
          refused: 'chat_closed',
        }),
  )
  return { ...chat, standing, outbox, pending: undefined }
}

/** What was encrypted is let go: when it is sent again, others may have gone on by more keys than they keep. */
function applyRefused(chat: LocalChat, { messageId, reason }: Refused): LocalChat {
  const skipped = chat.skipped + (findItem(chat, messageId)?.sealed ? 1 : 0)
  const outbox = withItem(chat.outbox, messageId, ({ content }) =>
    create(OutboxItemSchema, { messageId, content, refused: reason }),
  )
  return { ...chat, outbox, skipped, updateDue: chat.updateDue || skipped >= MAX_SKIPPED }
}

function applyReceived(chat: LocalChat, received: Received): LocalChat {
  const { position, logHash, delta, message, fork, removed } = received
  // What was read on another device before it came here is not unread.
  const isNew = position > readOf(chat)
  const unread = received.unread && isNew
  const mentioned = received.mentioned && isNew
  return {
    ...chat,
    position,
    logHashes: withHash(chat.logHashes, logHash),
    group: delta.length > 0 ? applyDelta(chat.group, delta) : chat.group,
    outbox: message ? without(chat.outbox, message.messageId) : chat.outbox,
    forks: fork ? [...chat.forks, position] : chat.forks,
    unread: unread ? chat.unread + 1 : chat.unread,
    mentioned: mentioned ? chat.mentioned + 1 : chat.mentioned,
    updateDue: chat.updateDue || removed,
  }
}

/** The chat after a commit that is in force: the next epoch, with its history key. */
export async function enterEpoch(
  chat: LocalChat,
  group: Group,
  { position, logHash }: { position: bigint; logHash: Uint8Array },
): Promise<LocalChat> {
  return {
    ...chat,
    group,
    position,
    logHashes: withHash(chat.logHashes, logHash),
    epochs: withoutOldSignalKeys([...chat.epochs, await epochSecretOf(group)]),
    pending: undefined,
    skipped: 0,
  }
}

export async function epochSecretOf(group: Group): Promise<EpochSecret> {
  const { epoch, epochDigest } = view(group)
  const [historyKey, signalKey] = [await historyKeyOf(group), await signalKeyOf(group)]
  return create(EpochSecretSchema, { epoch, epochDigest, historyKey, signalKey })
}

export function withHash(logHashes: readonly Uint8Array[], logHash: Uint8Array): readonly Uint8Array[] {
  return [...logHashes.slice(1 - MAX_LOG_HASHES), logHash]
}

/** hash(position); undefined where it is not known (any more, or yet). */
export function logHashAt(chat: LocalChat, position: bigint): Uint8Array | undefined {
  const back = chat.position - position
  return back < 0n ? undefined : chat.logHashes.at(-1 - Number(back))
}

export function findItem(chat: LocalChat, messageId: Uint8Array): OutboxItem | undefined {
  return chat.outbox.find((item) => equalBytes(item.messageId, messageId))
}

/** The first message that the server has neither acknowledged nor refused. */
export function nextItem(chat: LocalChat): OutboxItem | undefined {
  return chat.outbox.find(({ position, refused }) => position === 0n && refused === '')
}

/** A received message in the form of the history. */
export function toHistoryEntry(position: bigint, message: Message): HistoryEntry {
  return {
    position,
    messageId: MessageId.fromBytes(message.messageId),
    accountId: AccountId.fromBytes(message.accountId),
    deviceId: DeviceId.fromBytes(message.deviceId),
    sentAtMs: Number(message.sentAtMs),
    receivedAtMs: Number(message.receivedAtMs),
    content: message.content,
  }
}

export function newItem(messageId: Uint8Array, content: Uint8Array): OutboxItem {
  return create(OutboxItemSchema, { messageId, content })
}

/** What is known of these accounts now stands in the place of what was. */
function withPeople(known: readonly Person[], news: readonly Person[]): readonly Person[] {
  const isNews = ({ accountId }: Person) => news.some((one) => equalBytes(one.accountId, accountId))
  return [...known.filter((person) => !isNews(person)), ...news]
}

function withItem(
  outbox: readonly OutboxItem[],
  messageId: Uint8Array,
  change: (item: OutboxItem) => OutboxItem,
): readonly OutboxItem[] {
  return outbox.map((item) => (equalBytes(item.messageId, messageId) ? change(item) : item))
}

function without(outbox: readonly OutboxItem[], messageId: Uint8Array): readonly OutboxItem[] {
  return outbox.filter((item) => !equalBytes(item.messageId, messageId))
}

export type { PendingCommit }
export { Standing }
