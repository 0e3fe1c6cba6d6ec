/** A server's database put back to what it was: what happens where its folder is replaced by an older copy (F23, F24). */
import { openDatabase, type Queryable } from '@veche/service-kit'
import type { TestDatabase } from '@veche/service-kit/testing'

export interface OlderCopy {
  /** With nobody connected. */
  restore(): Promise<void>
}

/** Copies everything that the services have stored at one moment, sequences included. */
export async function copyDatabase({ address }: Pick<TestDatabase, 'address'>): Promise<OlderCopy> {
  const open = () => openDatabase({ url: address.url, schema: 'public', maxConnections: 1 })
  await using database = open()
  const copies = await database.transaction(copyTables, { isolation: 'repeatable read' })
  const sequences = await sequencesIn(database)
  return {
    async restore() {
      await using database = open()
      await database.transaction(async (transaction) => {
        await transaction.query('SET LOCAL session_replication_role = replica') // no foreign key is looked at
        await transaction.query(`TRUNCATE ${[...copies.keys()].join(', ')} CASCADE`)
        for (const [table, copy] of copies) {
          await transaction.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${copy}`)
        }
        for (const { name, last } of sequences) {
          if (last !== null) await transaction.query('SELECT setval($1::regclass, $2)', [name, last])
        }
      })
    },
  }
}

async function copyTables(transaction: Queryable): Promise<ReadonlyMap<string, string>> {
  const copies = new Map<string, string>()
  for (const table of await tablesIn(transaction)) {
    const copy = `public.copy_${crypto.randomUUID().replaceAll('-', '')}`
    await transaction.query(`CREATE TABLE ${copy} AS TABLE ${table}`)
    copies.set(table, copy)
  }
  return copies
}

async function tablesIn(database: Queryable): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')`,
  )
  return rows.map(({ name }) => name)
}

async function sequencesIn(database: Queryable): Promise<readonly { name: string; last: bigint | null }[]> {
  const { rows } = await database.query<{ name: string; last: bigint | null }>(
    `SELECT format('%I.%I', schemaname, sequencename) AS name, last_value AS last FROM pg_sequences
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  return rows
}
