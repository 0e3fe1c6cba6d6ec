import { createHash } from 'node:crypto'
import type { Database } from '../../packages/service-kit/src/index.ts'

/** A hash of all that Nichatka stores, table by table: equal where nothing has changed at all. */
export async function hashOfTables(database: Database): Promise<string> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'nichatka' ORDER BY 1`,
  )
  if (rows.length < 5) throw new Error('where are the tables?')
  const hash = createHash('sha256')
  for (const { name } of rows) {
    const table = await database.query<{ row: string }>(
      `SELECT t::text AS row FROM nichatka.${name} t ORDER BY 1`,
    )
    hash.update(`${name}\n${table.rows.map(({ row }) => row).join('\n')}\n`)
  }
  return hash.digest('hex')
}

/** The id of the message with that text. */
export async function messageIdOf(database: Database, text: string): Promise<string> {
  const { rows } = await database.query<{ id: bigint }>('SELECT id FROM nichatka.message WHERE text = $1', [
    text,
  ])
  return String(rows[0]!.id)
}

export async function groupIdOf(database: Database, name: string): Promise<string> {
  const { rows } = await database.query<{ id: bigint }>(
    'SELECT id::bigint FROM nichatka.user_group WHERE name = $1',
    [name],
  )
  return String(rows[0]!.id)
}
