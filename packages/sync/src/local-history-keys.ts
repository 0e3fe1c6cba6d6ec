/** The history keys that a device knows beside its chats' own: a value, changed only by `applyHistoryKeys`. */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { ChatId, decodeMessage, encodeMessage, equalBytes } from '@veche/protocol'
import type { HistoryKey } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import {
  type BackedUp,
  BackedUpSchema,
  type Backup,
  type HistoryKeysRecord,
  HistoryKeysRecordSchema,
  HistoryKeysSnapshotSchema,
} from '@veche/protocol/gen/local/v1/history_keys_pb.js'

/** As a block of a journal. */
const MAX_BYTES = 64 * 1024 * 1024

export interface LocalHistoryKeys {
  /** By chat and epoch; of one epoch there may be several, of which one fits. */
  readonly opened: ReadonlyMap<string, readonly HistoryKey[]>
  /** Of the last batch that was opened. */
  readonly openedNumber: bigint
  /** Batches are left that were not opened: that takes the account secret. */
  readonly isSecretNeeded: boolean
  /** This device's own keys are in the backup up to this epoch. */
  readonly backedUp: ReadonlyMap<ChatId, bigint>
  readonly pending?: Backup | undefined
  /** Keys that came with links and are not in the backup yet; they are among the opened ones, too. */
  readonly given: readonly HistoryKey[]
}

export type HistoryKeysChange = NonNullable<MessageInitShape<typeof HistoryKeysRecordSchema>['change']>

export const NO_HISTORY_KEYS: LocalHistoryKeys = {
  opened: new Map(),
  openedNumber: 0n,
  isSecretNeeded: false,
  backedUp: new Map(),
  given: [],
}

/** All that are known of a chat. */
export function openedOf({ opened }: LocalHistoryKeys, chatId: ChatId): HistoryKey[] {
  const id = ChatId.toBytes(chatId)
  return [...opened.values()].flat().filter((key) => equalBytes(key.chatId, id))
}

/** Those that were opened of an epoch. */
export function openedKeys({ opened }: LocalHistoryKeys, chatId: ChatId, epoch: bigint): Uint8Array[] {
  return (opened.get(nameOf(ChatId.toBytes(chatId), epoch)) ?? []).map(({ key }) => key)
}

export function toHistoryKeysRecord(change: HistoryKeysChange): HistoryKeysRecord {
  return create(HistoryKeysRecordSchema, { change })
}

export function applyHistoryKeys(keys: LocalHistoryKeys, { change }: HistoryKeysRecord): LocalHistoryKeys {
  switch (change.case) {
    case 'opened':
      return {
        ...keys,
        opened: withOpened(keys.opened, change.value.keys),
        openedNumber: change.value.number,
      }
    case 'secretNeeded':
      return { ...keys, isSecretNeeded: change.value }
    case 'pending':
      return { ...keys, pending: change.value }
    case 'pendingEnded': {
      // Also where the server refuses it for good: the same bytes would be refused again.
      const backedUp = withBackedUp(keys.backedUp, keys.pending?.backedUp ?? [])
      return { ...keys, pending: undefined, backedUp, given: without(keys.given, keys.pending?.given ?? []) }
    }
    case 'given': {
      const news = change.value.keys.filter((key) => !isAmong(keys.opened, key))
      return { ...keys, opened: withOpened(keys.opened, news), given: [...keys.given, ...news] }
    }
    case undefined:
      return keys
    default:
      return change satisfies never
  }
}

export function encodeHistoryKeys(keys: LocalHistoryKeys): Uint8Array {
  const snapshot = create(HistoryKeysSnapshotSchema, {
    opened: [...keys.opened.values()].flat(),
    openedNumber: keys.openedNumber,
    secretNeeded: keys.isSecretNeeded,
    backedUp: [...keys.backedUp].map(([chatId, epoch]) => toBackedUp(chatId, epoch)),
    given: [...keys.given],
    ...(keys.pending && { pending: keys.pending }),
  })
  return encodeMessage(HistoryKeysSnapshotSchema, snapshot)
}

/** @throws DecodeError */
export function replayHistoryKeys(
  snapshot: Uint8Array | undefined,
  records: readonly Uint8Array[],
): LocalHistoryKeys {
  const start = snapshot ? decodeSnapshot(snapshot) : NO_HISTORY_KEYS
  const changes = records.map((record) => decodeMessage(HistoryKeysRecordSchema, record, MAX_BYTES))
  return changes.reduce(applyHistoryKeys, start)
}

export function toBackedUp(chatId: ChatId, epoch: bigint): BackedUp {
  return create(BackedUpSchema, { chatId: ChatId.toBytes(chatId), epoch })
}

function decodeSnapshot(bytes: Uint8Array): LocalHistoryKeys {
  const { opened, openedNumber, secretNeeded, backedUp, pending, given } = decodeMessage(
    HistoryKeysSnapshotSchema,
    bytes,
    MAX_BYTES,
  )
  return {
    opened: withOpened(new Map(), opened),
    openedNumber,
    isSecretNeeded: secretNeeded,
    backedUp: withBackedUp(new Map(), backedUp),
    pending,
    given,
  }
}

function withOpened(opened: LocalHistoryKeys['opened'], keys: readonly HistoryKey[]) {
  const next = new Map(opened)
  for (const each of keys) {
    const name = nameOf(each.chatId, each.epoch)
    const known = next.get(name) ?? []
    if (!known.some(({ key }) => equalBytes(key, each.key))) next.set(name, [...known, each])
  }
  return next
}

function isAmong(opened: LocalHistoryKeys['opened'], { chatId, epoch, key }: HistoryKey): boolean {
  return (opened.get(nameOf(chatId, epoch)) ?? []).some((one) => equalBytes(one.key, key))
}

function without(keys: readonly HistoryKey[], gone: readonly HistoryKey[]): HistoryKey[] {
  const names = new Set(gone.map(nameOfKey))
  return keys.filter((key) => !names.has(nameOfKey(key)))
}

function withBackedUp(before: LocalHistoryKeys['backedUp'], some: readonly BackedUp[]) {
  return new Map([...before, ...some.map(({ chatId, epoch }) => [ChatId.fromBytes(chatId), epoch] as const)])
}

function nameOfKey({ chatId, epoch, key }: HistoryKey): string {
  return `${nameOf(chatId, epoch)} ${key.join()}`
}

function nameOf(chatId: Uint8Array, epoch: bigint): string {
  return `${ChatId.fromBytes(chatId)} ${epoch}`
}
