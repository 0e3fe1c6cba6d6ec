/**
 * The hashes that bind a chat's log together: of one entry (veche.chats.v1.Entry.entry_hash), and of the log up to
 * it (veche.e2ee.v1.LogDigest). What the server sends is hashed here, never believed.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { DecodeError, labelled } from '@veche/protocol'
import { type Entry, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'

/** hash(0): the log before its first entry. */
export const EMPTY_LOG_HASH: Uint8Array = new Uint8Array(32)

/** @throws DecodeError for a removed entry without its hash */
export function entryHash(entry: Entry): Uint8Array {
  if (entry.kind === EntryKind.REMOVED) {
    if (entry.entryHash.length !== 32) throw new DecodeError('removed entry: no hash')
    return entry.entryHash
  }
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

function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
