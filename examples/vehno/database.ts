/** Vehno's place in the database in which Nichatka keeps its own schema: another schema, another role (N2). */
import { openDatabase } from '../../packages/service-kit/src/database/database.ts'
import type { ServerAddress } from '../../packages/service-kit/src/database/service-schema.ts'

const name = 'vehno'

/** @param address of a role that may make others @returns where Django finds it */
export async function prepareDatabase(address: ServerAddress): Promise<string> {
  await using administrator = openDatabase({ url: address.url, schema: 'public', maxConnections: 1 })
  const { rowCount } = await administrator.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])
  if (rowCount === 0) await administrator.query(`CREATE ROLE ${name} LOGIN NOINHERIT`)
  await administrator.query(`CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${name}`)
  const url = new URL(address.url)
  url.searchParams.set('user', name)
  return url.href
}
