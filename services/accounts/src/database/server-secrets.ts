import type { Queryable } from '@veche/service-kit'

export async function findSecret(database: Queryable, name: string): Promise<Uint8Array | undefined> {
  const { rows } = await database.query<{ sealed: Buffer }>(
    'SELECT sealed FROM server_secret WHERE name = $1',
    [name],
  )
  return rows[0]?.sealed
}

/** Locked until the transaction ends. */
export async function listSecrets(
  transaction: Queryable,
): Promise<readonly { readonly name: string; readonly sealed: Uint8Array }[]> {
  const { rows } = await transaction.query<{ name: string; sealed: Buffer }>(
    'SELECT name, sealed FROM server_secret ORDER BY name FOR UPDATE',
  )
  return rows
}

/** Keeps the first of several. */
export async function insertSecret(database: Queryable, name: string, sealed: Uint8Array): Promise<void> {
  await database.query('INSERT INTO server_secret (name, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    sealed,
  ])
}

export async function replaceSecret(database: Queryable, name: string, sealed: Uint8Array): Promise<void> {
  await database.query(
    `INSERT INTO server_secret (name, sealed) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed`,
    [name, sealed],
  )
}
