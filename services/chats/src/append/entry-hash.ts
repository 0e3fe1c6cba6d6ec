/** The log's hashes as the server computes them. Clients compute the same. */
import { hash } from 'node:crypto'
import { type HashedEntry, hashEntry, hashLog } from '@veche/protocol'

export function entryHash(entry: HashedEntry): Uint8Array {
  return hashEntry(sha256, entry)
}

/** hash(n) from hash(n-1) and entry_hash(n). */
export function nextLogHash(logHash: Uint8Array, hashOfEntry: Uint8Array): Uint8Array {
  return hashLog(sha256, logHash, hashOfEntry)
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}
