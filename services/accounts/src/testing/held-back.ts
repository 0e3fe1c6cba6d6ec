import { setTimeout } from 'node:timers/promises'
import type { Database } from '@veche/service-kit'

/**
 * Makes calls meet: writes to the table wait until every call waits for some lock, and then go on. The calls must be
 * fewer than the pool has connections.
 */
export async function heldBack<T>(
  database: Database,
  table: string,
  calls: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  await using connection = await database.connect()
  const outcomes = await connection.transaction(async (transaction) => {
    await transaction.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`)
    const settled = Promise.allSettled(calls.map((call) => call()))
    await untilWaiting(database, calls.length)
    return { settled }
  })
  return outcomes.settled
}

/** Resolves once so many connections to this database wait for a lock. */
export async function untilWaiting(database: Database, count: number): Promise<void> {
  for (;;) {
    const { rowCount } = await database.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    if (rowCount >= count) return
    await setTimeout(5)
  }
}
