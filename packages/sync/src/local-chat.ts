/**
 * One chat as this device holds it: a value. It changes only by `applyChanges`, both when something happens and when
 * the journal is read again, so what is in memory is always what a restart would find.
 */
import { create } from '@bufbuild/protobuf'
import type { HistoryEntry } from '@veche/history'
import { applyDelta, type Group, view } from '@veche/mls'
import { AccountId, type ChatId, DeviceId, equalBytes, MessageId } from '@veche/protocol'
import type { Person } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  type ChatChange,
  type EpochSecret,
  EpochSecretSchema,
  type Keeping,
  KeepingSchema,
  type Message,
  type OutboxItem,
  OutboxItemSchema,
  type PendingCommit,
  type Received,
  type Refused,
  Standing,
} from '@veche/protocol/gen/local/v1/chat_pb.js'
import { historyKeyOf } from './archive-key.ts'

/**
 * Messages of one epoch that were encrypted and refused, after which the device begins an epoch: receivers step over
 * 4,096 keys at most (attack A12).
 */
const MAX_SKIPPED = 1000
/** How far back a message's digest of the log can be checked. */
export const MAX_LOG_HASHES = 1024

export interface LocalChat {
  readonly chatId: ChatId
  readonly peer: Person
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
  /** Messages of others after it. */
  readonly unread: number
  readonly keeping: LocalKeeping
  /** Messages that were encrypted in the present epoch and refused. */
  readonly skipped: number
  /** Which history holds its messages. */
  readonly generation: number
}

/** Where the chat's history is kept (M22). */
export interface LocalKeeping {
  /** On this device. */
  readonly device: boolean
  /** On the server, by this account's wish; it is kept there only while the peer wishes it too. */
  readonly server: boolean
  readonly peerServer: boolean
  /** Of the two wishes, as the server counts it. */
  readonly revision: bigint
}

/** What a chat begins with. */
export const UNTOUCHED = {
  forks: [],
  read: 0n,
  unread: 0,
  keeping: { device: true, server: true, peerServer: true, revision: 0n },
  skipped: 0,
  generation: 0,
} as const satisfies Partial<LocalChat>

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
      return { ...chat, standing: change.value }
    case 'read':
      return { ...chat, read: change.value.position, unread: change.value.unread }
    case 'keeping':
      return { ...chat, keeping: toLocalKeeping(change.value) }
    case 'people':
    case undefined:
      return chat
    default:
      return change satisfies never
  }
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
  const { position, logHash, delta, message, fork, unread, removed } = received
  return {
    ...chat,
    position,
    logHashes: withHash(chat.logHashes, logHash),
    group: delta.length > 0 ? applyDelta(chat.group, delta) : chat.group,
    outbox: message ? without(chat.outbox, message.messageId) : chat.outbox,
    forks: fork ? [...chat.forks, position] : chat.forks,
    unread: unread ? chat.unread + 1 : chat.unread,
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
    epochs: [...chat.epochs, await epochSecretOf(group)],
    pending: undefined,
    skipped: 0,
  }
}

export async function epochSecretOf(group: Group): Promise<EpochSecret> {
  const { epoch, epochDigest } = view(group)
  return create(EpochSecretSchema, { epoch, epochDigest, historyKey: await historyKeyOf(group) })
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

/** @param wire absent where it is as by default */
export function toLocalKeeping(wire: Keeping | undefined): LocalKeeping {
  return {
    device: wire?.notOnDevice !== true,
    server: wire?.notOnServer !== true,
    peerServer: wire?.peerNotOnServer !== true,
    revision: wire?.revision ?? 0n,
  }
}

export function toWireKeeping({ device, server, peerServer, revision }: LocalKeeping): Keeping {
  return create(KeepingSchema, {
    notOnDevice: !device,
    notOnServer: !server,
    peerNotOnServer: !peerServer,
    revision,
  })
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
