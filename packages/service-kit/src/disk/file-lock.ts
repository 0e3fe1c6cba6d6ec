import { DatabaseSync } from 'node:sqlite'

/**
 * Keeps what the file stands for to one process. The lock is the kernel's (SQLite's lock on a file of its own): it ends with the
 * process however that dies, holds while the process is stopped, and leaves nothing to clean up. Node has no
 * flock of its own.
 * @returns undefined where another process holds it, or this one already does.
 */
export function lockFile(file: string): Disposable | undefined {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // Without a journal on the disk nothing is written, so that it can be taken on a full one (F13).
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return { [Symbol.dispose]: () => database.close() }
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
}

const sqliteBusy = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}
