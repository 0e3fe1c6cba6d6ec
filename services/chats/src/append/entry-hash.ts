/**
 * The hashes that bind a chat's log together: of one entry (veche.chats.v1.Entry.entry_hash) and of the log up
 * to it (veche.e2ee.v1.LogDigest). Clients compute the same.
 */
import { hash } from 'node:crypto'
import { labelled } from '@veche/protocol'
import type { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'

/** hash(0): the log before its first entry. */
export const EMPTY_LOG_HASH: Uint8Array = new Uint8Array(32)

export interface HashedEntry {
  readonly position: bigint
  readonly kind: EntryKind.APPLICATION | EntryKind.COMMIT
  /** 32 bytes. */
  readonly accountId: Uint8Array
  /** 16 bytes. */
  readonly deviceId: Uint8Array
  /** 16 bytes. */
  readonly messageId: Uint8Array
  readonly mlsMessage: Uint8Array
  readonly contentCiphertext: Uint8Array
  readonly wrappedKey: Uint8Array
}

export function entryHash(entry: HashedEntry): Uint8Array {
  return sha256(
    labelled(
      'veche log entry v1',
      uint64(entry.position),
      Uint8Array.of(entry.kind),
      entry.accountId,
      entry.deviceId,
      entry.messageId,
      sha256(entry.mlsMessage),
      sha256(entry.contentCiphertext),
      sha256(entry.wrappedKey),
    ),
  )
}

/** hash(n) from hash(n-1) and entry_hash(n). */
export function nextLogHash(logHash: Uint8Array, hashOfEntry: Uint8Array): Uint8Array {
  return sha256(labelled('veche log v1', logHash, hashOfEntry))
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
