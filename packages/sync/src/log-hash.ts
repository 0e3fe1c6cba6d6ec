/** The log's hashes as this device computes them: what the server sends is hashed here, never believed. */
import { sha256 } from '@noble/hashes/sha2.js'
import { DecodeError, hashEntry, hashLog } from '@veche/protocol'
import { type Entry, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'

/** @throws DecodeError for a removed entry without its hash */
export function entryHash(entry: Entry): Uint8Array {
  if (entry.kind !== EntryKind.REMOVED) return hashEntry(sha256, entry)
  if (entry.entryHash.length !== 32) throw new DecodeError('removed entry: no hash')
  return entry.entryHash
}

/** hash(n) from hash(n-1) and entry_hash(n). */
export function nextLogHash(logHash: Uint8Array, hashOfEntry: Uint8Array): Uint8Array {
  return hashLog(sha256, logHash, hashOfEntry)
}
