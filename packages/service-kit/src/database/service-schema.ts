/**
 * Makes each service's schema and the role that owns it, so that one service cannot touch another's tables.
 * Where the URL's role may not create roles (a hosted PostgreSQL), all services share it: it runs and warns.
 */

import type { Logger } from '../log/logger.ts'
import { type Database, openDatabase, type Queryable } from './database.ts'
import { databaseEvents } from './database-events.ts'
import type { DatabaseOptions, ServiceRole } from './database-options.ts'
import { sqlStateOf, sqlStates } from './sql-state.ts'

export interface ServerAddress {
  /** The URL of an administrating role and of the database all schemas live in. */
  readonly url: string
  /** Roles may log in without a password: true of the embedded server alone. */
  readonly passwordless: boolean
}

/** Opens the database of one service, making its schema and role when they are absent. */
export async function openServiceDatabase(
  address: ServerAddress,
  service: string,
  log?: Logger,
  options: Pick<DatabaseOptions, 'maxConnections' | 'statementTimeoutMs'> = {},
): Promise<Database> {
  ensureIdentifier(service)
  const role = await ensureSchema(address, service, log)
  return openDatabase({
    ...options,
    url: address.url,
    schema: service,
    ...(role !== undefined && { role }),
    ...(log !== undefined && { log }),
  })
}

/** Schemas, roles and channels are named by us, never from outside; this keeps a slip from becoming SQL. */
function ensureIdentifier(name: string): void {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) throw new TypeError(`not a name for a schema: ${name}`)
}

async function ensureSchema(
  address: ServerAddress,
  service: string,
  log?: Logger,
): Promise<ServiceRole | undefined> {
  await using administrator = openDatabase({ url: address.url, schema: 'public', maxConnections: 1 })
  // One process at a time: CREATE … IF NOT EXISTS is no guard between two. Ends with the connection.
  await administrator.query("SELECT pg_advisory_lock(hashtext('veche schemas'))")
  const role: ServiceRole = { kind: address.passwordless ? 'login' : 'assume', name: `veche_${service}` }
  if (await ensureRole(administrator, role)) {
    await administrator.query(`CREATE SCHEMA IF NOT EXISTS ${service} AUTHORIZATION ${role.name}`)
    return role
  }
  log?.warn(databaseEvents.shared_role, {})
  await administrator.query(`CREATE SCHEMA IF NOT EXISTS ${service}`)
  return undefined
}

/** @returns false where this PostgreSQL does not let us. */
async function ensureRole(administrator: Database, role: ServiceRole): Promise<boolean> {
  try {
    if (!(await hasRole(administrator, role.name))) await createRole(administrator, role)
    if (role.kind === 'assume') await administrator.query(`GRANT ${role.name} TO CURRENT_USER`)
    return true
  } catch (error) {
    if (sqlStateOf(error) === sqlStates.insufficientPrivilege) return false
    throw error
  }
}

async function createRole(administrator: Database, role: ServiceRole): Promise<void> {
  try {
    await administrator.query(
      `CREATE ROLE ${role.name} NOINHERIT ${role.kind === 'login' ? 'LOGIN' : 'NOLOGIN'}`,
    )
  } catch (error) {
    // Another process made it in the same moment.
    const states: unknown[] = [sqlStates.duplicateObject, sqlStates.uniqueViolation]
    if (!states.includes(sqlStateOf(error))) throw error
  }
}

async function hasRole(database: Queryable, name: string): Promise<boolean> {
  return (await database.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])).rowCount > 0
}
