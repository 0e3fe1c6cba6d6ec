import type { Queryable } from '@veche/service-kit'

export async function findSecret(database: Queryable, name: string): Promise<Uint8Array | undefined> {
  const { rows } = await database.query<{ sealed: Buffer }>(
    'SELECT sealed FROM server_secret WHERE name = $1',
    [name],
  )
  return rows[0]?.sealed
}

/** Keeps the first of several: true when this was it. */
export async function insertSecret(database: Queryable, name: string, sealed: Uint8Array): Promise<boolean> {
  const { rowCount } = await database.query(
    'INSERT INTO server_secret (name, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [name, sealed],
  )
  return rowCount > 0
}

export async function replaceSecret(database: Queryable, name: string, sealed: Uint8Array): Promise<void> {
  await database.query(
    `INSERT INTO server_secret (name, sealed) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed`,
    [name, sealed],
  )
}
