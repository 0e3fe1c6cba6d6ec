/** A chat's local state as its journal keeps it: proto/veche/local/v1/chat.proto. */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import type { HistoryEntry } from '@veche/history'
import { loadGroup, saveGroup } from '@veche/mls'
import { ChatId, DecodeError, decodeMessage, encodeMessage } from '@veche/protocol'
import {
  type ChatChange,
  ChatChangeSchema,
  ChatRecordSchema,
  ChatSnapshotSchema,
} from '@veche/protocol/gen/local/v1/chat_pb.js'
import { applyChanges, isGroup, type LocalChat, toHistoryEntry } from './local-chat.ts'
import { toLocalKeeping, toWireKeeping } from './local-keeping.ts'
import { NO_MARKS } from './local-marks.ts'

/** As a block of a journal. */
const MAX_BYTES = 64 * 1024 * 1024

export type ChangeInit = NonNullable<MessageInitShape<typeof ChatChangeSchema>['change']>

/** @param changes each of them a case and its value */
export function toChanges(...changes: readonly ChangeInit[]): ChatChange[] {
  return changes.map((change) => create(ChatChangeSchema, { change }))
}

export function encodeRecord(changes: readonly ChatChange[]): Uint8Array {
  return encodeMessage(ChatRecordSchema, create(ChatRecordSchema, { changes: [...changes] }))
}

/** @throws DecodeError */
export function decodeRecord(bytes: Uint8Array): ChatChange[] {
  return decodeMessage(ChatRecordSchema, bytes, MAX_BYTES).changes
}

export function encodeSnapshot(chat: LocalChat): Uint8Array {
  const snapshot = create(ChatSnapshotSchema, {
    chatId: ChatId.toBytes(chat.chatId),
    people: [...chat.people],
    group: saveGroup(chat.group),
    position: chat.position,
    logHashes: [...chat.logHashes],
    epochs: [...chat.epochs],
    outbox: [...chat.outbox],
    updateDue: chat.updateDue,
    standing: chat.standing,
    forks: [...chat.forks],
    read: chat.read,
    unread: chat.unread,
    mentioned: chat.mentioned,
    keeping: toWireKeeping(chat.keeping),
    skipped: chat.skipped,
    generation: chat.generation,
    marks: chat.marks,
    begunAt: chat.begunAt,
    begunAtMs: BigInt(chat.begunAtMs),
    ...(chat.peer && { peer: chat.peer }),
    ...(chat.profile && { profile: chat.profile }),
    ...(chat.pending && { pending: chat.pending }),
    ...(chat.archive && { archive: chat.archive }),
  })
  return encodeMessage(ChatSnapshotSchema, snapshot)
}

/** @throws DecodeError */
export function decodeSnapshot(bytes: Uint8Array): LocalChat {
  const snapshot = decodeMessage(ChatSnapshotSchema, bytes, MAX_BYTES)
  const { peer, logHashes, epochs } = snapshot
  if (logHashes.length === 0 || logHashes.some((hash) => hash.length !== 32)) {
    throw new DecodeError('chat snapshot: a log hash has not 32 bytes')
  }
  const group = loadGroup(snapshot.group)
  if (!peer && !isGroup({ group })) throw new DecodeError('chat snapshot: without its peer')
  return {
    chatId: ChatId.fromBytes(snapshot.chatId),
    peer,
    profile: snapshot.profile,
    people: snapshot.people,
    group,
    position: snapshot.position,
    logHashes,
    epochs,
    outbox: snapshot.outbox,
    pending: snapshot.pending,
    updateDue: snapshot.updateDue,
    standing: snapshot.standing,
    forks: snapshot.forks,
    read: snapshot.read,
    unread: snapshot.unread,
    mentioned: snapshot.mentioned,
    keeping: toLocalKeeping(snapshot.keeping),
    skipped: snapshot.skipped,
    generation: snapshot.generation,
    archive: snapshot.archive,
    marks: snapshot.marks ?? NO_MARKS,
    begunAt: snapshot.begunAt,
    begunAtMs: Number(snapshot.begunAtMs),
  }
}

/** The chat that a journal holds, and the messages in its records, which the history may not have yet. */
export function replay(
  snapshot: Uint8Array,
  records: readonly Uint8Array[],
): { chat: LocalChat; messages: HistoryEntry[] } {
  let chat = decodeSnapshot(snapshot)
  const messages: HistoryEntry[] = []
  for (const record of records) {
    const changes = decodeRecord(record)
    chat = applyChanges(chat, changes)
    messages.push(...messagesIn(changes))
  }
  return { chat, messages }
}

export function messagesIn(changes: readonly ChatChange[]): HistoryEntry[] {
  return changes.flatMap(({ change }) => {
    if (change.case !== 'received' || !change.value.message) return []
    return [toHistoryEntry(change.value.position, change.value.message)]
  })
}
