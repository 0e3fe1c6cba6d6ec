/** Material of this package's tests. */
import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId, DeviceId, encodeMessage, MessageId } from '@veche/protocol'
import { ContentSchema } from '@veche/protocol/gen/e2ee/v1/message_pb.js'
import type { HistoryEntry } from '../src/history-entry.ts'
import { importProfileKey } from '../src/profile-key.ts'

export const PROFILE_KEY = await importProfileKey(new Uint8Array(32).fill(7))
export const CHAT = ChatId.fromBytes(new Uint8Array(16).fill(1))
export const ERASED_CHAT = ChatId.fromBytes(new Uint8Array(16).fill(4))

/** The same entry for the same arguments; its message id is made of the position. */
export function entryAt(position: number, text = `message ${position}`): HistoryEntry {
  const message = new Uint8Array(16)
  new DataView(message.buffer).setUint32(0, position)
  return {
    position: BigInt(position),
    messageId: MessageId.fromBytes(message),
    accountId: AccountId.fromBytes(new Uint8Array(32).fill(2)),
    deviceId: DeviceId.fromBytes(new Uint8Array(16).fill(3)),
    sentAtMs: 1_700_000_000_000 + position,
    receivedAtMs: 1_700_000_000_500 + position,
    content: encodeMessage(ContentSchema, create(ContentSchema, { body: { case: 'text', value: { text } } })),
  }
}

/** Of the golden profiles that have one. */
export const GOLDEN_PASSPHRASE = 'the golden passphrase'

const made: HistoryEntry[] = []

/** Entries at `first` to `last`, both included. */
export function entriesAt(first: number, last: number): HistoryEntry[] {
  for (let position = made.length; position <= last; position++) made.push(entryAt(position))
  return made.slice(first, last + 1)
}

/** For tests that do a thing thousands of times: on a busy machine they may take minutes. */
export const LONG_MS = 900_000

/** Reproducible: `VECHE_SEED` chooses it, and each test that uses it names it on failure. */
export const SEED = Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 2 ** 31

/** mulberry32: numbers below `bound`, from a seed. */
export function randomFrom(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}
