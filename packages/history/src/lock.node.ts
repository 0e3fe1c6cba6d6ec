/**
 * One writer per profile. The lock is the operating system's (through SQLite's exclusive transaction on an empty
 * database, Node's one portable way to it), so it ends with its process however that dies: there is no stale lock to recognise, and two
 * programs that start at once cannot both win. Not for profiles on a network file system.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SQLITE_BUSY = 5

export type ProfileLock = { readonly kind: 'held'; release(): void } | { readonly kind: 'busy' }

/** Takes the lock of the profile in `dir`, which is made when there is none; never waits. */
export function lockProfile(dir: string): ProfileLock {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(join(dir, 'lock'), { timeout: 0 })
  try {
    // Without a journal on the disk nothing is written, so that a full disk can still be read (F14).
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (isBusy(cause)) return { kind: 'busy' }
    throw cause
  }
  return { kind: 'held', release: () => database.close() }
}

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY
}
