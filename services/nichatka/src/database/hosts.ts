import type { Queryable } from '@veche/service-kit'
import type { HostId } from '../domain.ts'

export async function ensureHost(database: Queryable, name: string): Promise<HostId> {
  const found = await findHost(database, name)
  if (found !== undefined) return found
  await database.query('INSERT INTO host (name) VALUES ($1) ON CONFLICT (name) DO NOTHING', [name])
  const made = await findHost(database, name)
  if (made === undefined) throw new Error('the host that was just made is gone')
  return made
}

async function findHost(database: Queryable, name: string): Promise<HostId | undefined> {
  const { rows } = await database.query<{ id: HostId }>('SELECT id FROM host WHERE name = $1', [name])
  return rows[0]?.id
}

/**
 * Until the transaction ends nobody else sends, makes users or changes groups in this host: what is read from now on
 * stays true. Taken before any other lock, so that nothing deadlocks.
 */
export async function lockHost(transaction: Queryable, hostId: HostId): Promise<void> {
  await transaction.query({
    name: 'lock_host',
    text: 'SELECT FROM host WHERE id = $1 FOR NO KEY UPDATE',
    values: [hostId],
  })
}
