import { createHash } from 'node:crypto'
import type { Database } from '@veche/service-kit'

/** Of every row of every table of the service: the same only where nothing has changed. */
export async function hashTables(database: Database): Promise<string> {
  const { rows } = await database.query<{ name: string }>(
    'SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1',
  )
  if (rows.length === 0) throw new Error('there are no tables')
  const hash = createHash('sha256')
  for (const { name } of rows) {
    const content = await database.query(`SELECT t::text AS row FROM ${name} t ORDER BY 1`)
    hash.update(`${name}\n${JSON.stringify(content.rows)}\n`)
  }
  return hash.digest('hex')
}
