/**
 * A page of the archive: what the server shows of the time before this device came. Its entries must lead up to the hash of
 * the log that the device knows: then none of them is another than it was, none is left out, and none is moved (attack A9).
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { HistoryEntry } from '@veche/history'
import { beginsLog } from '@veche/mls/wire'
import { EMPTY_LOG_HASH, equalBytes, hashArchived } from '@veche/protocol'
import {
  type ArchivedEntry,
  EntryKind,
  type ListArchiveResponse,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Archive, Archived } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { nextLogHash } from './log-hash.ts'

/** What the server gives at most. */
export const MAX_PAGE = 200

/** One that was read. */
export interface ArchivePage {
  /** It ends right before this position. */
  readonly before: bigint
  /** By ascending position: what could be read. */
  readonly entries: readonly HistoryEntry[]
  /** What the journal keeps of it. */
  readonly archived: Omit<Archived, '$typeName' | '$unknown'>
}

/** @returns whether the entries stand in the log before `reached`, all of them and in this order */
export function isOfLog({ reached, logHash }: Archive, page: ListArchiveResponse): boolean {
  const { entries, previousLogHash, more } = page
  if (entries.length === 0) return !more
  const first = entries[0]!.position
  if (entries.length > MAX_PAGE || first < 1n || previousLogHash.length !== 32) return false
  const isNext = first + BigInt(entries.length) === reached
  // Where the chat was begun anew the log goes on at another position, and its hashes without a gap.
  if (!isNext && !(beginsLog(reached) && first + BigInt(entries.length) < reached)) return false
  if (first === 1n && !equalBytes(previousLogHash, EMPTY_LOG_HASH)) return false
  let hash = previousLogHash
  for (const [index, entry] of entries.entries()) {
    const hashOfEntry = hashOfArchived(entry)
    if (!hashOfEntry || entry.position !== first + BigInt(index)) return false
    hash = nextLogHash(hash, hashOfEntry)
  }
  return equalBytes(hash, logHash)
}

/** Its entry_hash; undefined for what is no entry. The lengths are asked for because the hash is over all fields in a row. */
export function hashOfArchived(entry: ArchivedEntry): Uint8Array | undefined {
  const { kind, accountId, deviceId, messageId, mlsMessageHash } = entry
  if (kind === EntryKind.COMMIT || kind === EntryKind.REMOVED)
    return entry.entryHash.length === 32 ? entry.entryHash : undefined
  const isWhole =
    kind === EntryKind.APPLICATION &&
    accountId.length === 32 &&
    deviceId.length === 16 &&
    messageId.length === 16 &&
    mlsMessageHash.length === 32
  return isWhole ? hashArchived(sha256, entry) : undefined
}
