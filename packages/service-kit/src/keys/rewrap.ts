/** Brings wrapped data keys under the current master key, a batch at a time: no message is touched. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Queryable } from '../database/database.ts'
import { adoptMasterKey, findOlderMasterKeys, lockDataKeysUnder, storeRewrapped } from './key-tables.ts'
import type { DataKeyPlace, Sealing } from './sealing.ts'

export interface Rewrapped {
  readonly rewrapped: number
  /** They stay as they are: damaged, or under a master key that the ring does not have. */
  readonly failed: number
  /** Why the first of them failed. */
  readonly error?: unknown
}

const batchKeys = 200
const first: DataKeyPlace = { purpose: '', owner: new Uint8Array(), id: '' }

/**
 * One pass over everything that is under an older master key, or that names none. Only from keys that came into use
 * earlier to later ones: processes whose files differ do not undo each other's work. Ends early when aborted.
 */
export async function rewrapAll(
  database: Database,
  sealing: Sealing,
  signal: AbortSignal,
): Promise<Rewrapped> {
  let total: Rewrapped = { rewrapped: 0, failed: 0 }
  const masterKey = sealing.currentMasterKey
  if (!(await adoptMasterKey(database, masterKey))) return total
  const older = await findOlderMasterKeys(database, masterKey)
  for (let after: DataKeyPlace | undefined = first; after !== undefined && !signal.aborted; ) {
    const startedMs = performance.now()
    const place: DataKeyPlace = after
    const batch: Batch = await database.transaction((transaction) =>
      rewrapBatch(transaction, sealing, older, place),
    )
    total = sum(total, batch)
    after = batch.last
    if (after !== undefined) await sleep(performance.now() - startedMs) // half of the time is the others'
  }
  return total
}

interface Batch extends Rewrapped {
  /** Undefined at the end. */
  readonly last: DataKeyPlace | undefined
}

async function rewrapBatch(
  transaction: Queryable,
  sealing: Sealing,
  older: readonly string[],
  after: DataKeyPlace,
): Promise<Batch> {
  const rows = await lockDataKeysUnder(transaction, older, after, batchKeys)
  const errors: unknown[] = []
  const rewrapped = rows.flatMap((row) => {
    try {
      return [{ ...row, ...sealing.rewrap(row, row.wrapped) }]
    } catch (error) {
      errors.push(error)
      return []
    }
  })
  await storeRewrapped(transaction, rewrapped)
  const failed = errors.length
  return { rewrapped: rewrapped.length, failed, error: errors[0], last: rows.at(-1) }
}

function sum(total: Rewrapped, batch: Rewrapped): Rewrapped {
  return {
    rewrapped: total.rewrapped + batch.rewrapped,
    failed: total.failed + batch.failed,
    error: total.error ?? batch.error,
  }
}
