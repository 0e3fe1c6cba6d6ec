/**
 * The hashes that bind a chat's log together: of one entry (veche.chats.v1.Entry.entry_hash), and of the log up to it
 * (veche.e2ee.v1.LogDigest). Server and devices compute them apart, each with the SHA-256 that is quickest for it.
 */
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { labelled } from './bytes.ts'

export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** What of an entry is hashed. */
export type HashedEntry = Pick<
  Entry,
  | 'position'
  | 'kind'
  | 'accountId'
  | 'deviceId'
  | 'messageId'
  | 'mlsMessage'
  | 'contentCiphertext'
  | 'wrappedKey'
>

/** As HashedEntry, where of the MLSMessage there is only its SHA-256. */
export type HashedArchived = Omit<HashedEntry, 'mlsMessage'> & { readonly mlsMessageHash: Uint8Array }

/** hash(0): the log before its first entry. */
export const EMPTY_LOG_HASH: Uint8Array = new Uint8Array(32)

export function hashEntry(sha256: Sha256, entry: HashedEntry): Uint8Array {
  return hashArchived(sha256, { ...entry, mlsMessageHash: sha256(entry.mlsMessage) })
}

export function hashArchived(sha256: Sha256, entry: HashedArchived): Uint8Array {
  return sha256(
    labelled(
      'veche log entry v1',
      uint64(entry.position),
      Uint8Array.of(entry.kind),
      entry.accountId,
      entry.deviceId,
      entry.messageId,
      entry.mlsMessageHash,
      sha256(entry.contentCiphertext),
      sha256(entry.wrappedKey),
    ),
  )
}

/** hash(n) from hash(n-1) and entry_hash(n). */
export function hashLog(sha256: Sha256, logHash: Uint8Array, hashOfEntry: Uint8Array): Uint8Array {
  return sha256(labelled('veche log v1', logHash, hashOfEntry))
}

function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
