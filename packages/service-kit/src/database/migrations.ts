/**
 * Brings a schema up to date. Each migration runs once, in a transaction of its own together with the record of
 * it; an advisory lock keeps several starting processes from doing the same. A migration that was applied is
 * never changed: its hash is compared at each start.
 */
import { createHash } from 'node:crypto'
import type { Logger } from '../log/logger.ts'
import type { Database, Queryable } from './database.ts'
import { databaseEvents } from './database-events.ts'

export interface Migration {
  /** `YYYYMMDDhhmm_what_it_does`; they run in this order. */
  readonly name: string
  /** Statements; the service's schema is first on the search path, so names need no schema. */
  readonly sql: string
}

/** An applied migration was changed, or the database is newer than this program. Nothing was touched. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

const lockKey = 0x76656368 // 'vech'

/** @returns how many were applied. @throws MigrationError */
export async function migrate(
  database: Database,
  schema: string,
  migrations: readonly Migration[],
  log?: Logger,
): Promise<number> {
  ensureOrdered(migrations)
  const startedMs = performance.now()
  await using connection = await database.connect()
  // Rebuilding a large table takes what it takes, and so does waiting for another process that does it.
  await connection.query('SET statement_timeout = 0')
  await connection.query('SELECT pg_advisory_lock($1, hashtext($2))', [lockKey, schema])
  await connection.query(
    `CREATE TABLE IF NOT EXISTS migration (
       name text PRIMARY KEY, sha256 bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
  )
  const pending = await findPending(connection, migrations)
  for (const migration of pending) {
    await connection.transaction(
      async (transaction) => {
        await transaction.query(migration.sql)
        await transaction.query('INSERT INTO migration (name, sha256) VALUES ($1, $2)', [
          migration.name,
          hashOf(migration),
        ])
      },
      { attempts: 1 },
    )
  }
  const tookMs = Math.round(performance.now() - startedMs)
  if (pending.length > 0) log?.info(databaseEvents.migrations_applied, { count: pending.length, tookMs })
  return pending.length
}

function ensureOrdered(migrations: readonly Migration[]): void {
  migrations.forEach(({ name }, index) => {
    if (!/^\d{12}_[a-z0-9_]+$/.test(name)) throw new MigrationError(`${name}: not YYYYMMDDhhmm_what_it_does`)
    const before = migrations[index - 1]?.name
    if (before !== undefined && before >= name) throw new MigrationError(`${name} stands after ${before}`)
  })
}

async function findPending(database: Queryable, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await database.query<{ name: string; sha256: Buffer }>(
    'SELECT name, sha256 FROM migration',
  )
  const applied = new Map(rows.map(({ name, sha256 }) => [name, sha256]))
  const known = new Set(migrations.map(({ name }) => name))
  for (const name of applied.keys()) {
    if (!known.has(name)) throw new MigrationError(`${name} was applied by a newer version of Veche`)
  }
  return migrations.filter((migration) => {
    const hash = applied.get(migration.name)
    if (hash !== undefined && !hash.equals(hashOf(migration))) {
      throw new MigrationError(`${migration.name} was changed after it had been applied`)
    }
    return hash === undefined
  })
}

function hashOf({ sql }: Migration): Buffer {
  return createHash('sha256').update(sql).digest()
}
