/**
 * The schema of each service and the role that it works as, so that one service cannot touch another's tables.
 *
 * - On the embedded server, and wherever the URL's role may create roles, each service has a schema and a role of its own.
 * - In somebody else's database a schema that stands ready is used as it is, by the URL's role: it needs no other right
 *   there, and no role is made.
 * - Where no role can be made and no schema stands ready, all services share the URL's role: it runs and warns.
 *
 * Nothing but these comes to be: no extension, nothing in another schema.
 */

import type { Logger } from '../log/logger.ts'
import { PostgresError } from '../postgres/postgres-error.ts'
import { type Database, openDatabase, type Queryable } from './database.ts'
import { databaseEvents } from './database-events.ts'
import type { DatabaseOptions, ServiceRole } from './database-options.ts'
import { sqlStateOf, sqlStates } from './sql-state.ts'

export interface ServerAddress {
  /** The URL of an administrating role and of the database all schemas live in. */
  readonly url: string
  /** Roles may log in without a password: true of the embedded server alone, which is ours in everything. */
  readonly passwordless: boolean
}

/** The oldest that any of this was run on. */
export const oldestPostgres = 15

interface ServiceDatabaseOptions
  extends Pick<DatabaseOptions, 'maxConnections' | 'statementTimeoutMs' | 'connectTimeoutMs'> {
  /** The oldest PostgreSQL that does. `oldestPostgres` by default. */
  readonly oldestPostgres?: number
}

/** Opens the database of one service, making its schema and role when they are absent. @throws PostgresError */
export async function openServiceDatabase(
  address: ServerAddress,
  service: string,
  log?: Logger,
  { oldestPostgres: oldest = oldestPostgres, ...options }: ServiceDatabaseOptions = {},
): Promise<Database> {
  ensureIdentifier(service)
  await using administrator = openDatabase({ url: address.url, schema: 'public', maxConnections: 1 })
  await ensureVersion(administrator, oldest)
  // One process at a time: CREATE … IF NOT EXISTS is no guard between two. Ends with the connection.
  await administrator.query("SELECT pg_advisory_lock(hashtext('veche schemas'))")
  const role = await ensureSchema(administrator, address, service, log)
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

async function ensureVersion(administrator: Database, oldest: number): Promise<void> {
  const { rows } = await administrator.query<{ server_version_num: string }>('SHOW server_version_num')
  const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000)
  if (version >= oldest) return
  throw new PostgresError(
    'unsupported',
    `The PostgreSQL of DATABASE_URL is version ${version}, and ${oldest} or later is needed. Nothing was changed.`,
  )
}

/** @returns the role to work as; the URL's own where undefined */
async function ensureSchema(
  administrator: Database,
  { passwordless }: ServerAddress,
  service: string,
  log?: Logger,
): Promise<ServiceRole | undefined> {
  const role: ServiceRole = { kind: passwordless ? 'login' : 'assume', name: `veche_${service}` }
  const schema = await findSchema(administrator, service)
  if (schema !== undefined && schema.owner !== role.name && !passwordless) {
    if (!schema.usable)
      throw forbidden(`The schema ${service} is not the role's of DATABASE_URL, nor open to it.`)
    return undefined
  }
  if (schema === undefined && !(await mayCreateSchemas(administrator))) {
    throw forbidden(
      `The role of DATABASE_URL may make no schema. The database's owner can: CREATE SCHEMA ${service} AUTHORIZATION …`,
    )
  }
  if (await ensureRole(administrator, role)) {
    await administrator.query(`CREATE SCHEMA IF NOT EXISTS ${service} AUTHORIZATION ${role.name}`)
    return role
  }
  if (schema !== undefined)
    throw forbidden(`The schema ${service} belongs to a role that DATABASE_URL may not use.`)
  log?.warn(databaseEvents.shared_role, {})
  await administrator.query(`CREATE SCHEMA ${service}`)
  return undefined
}

async function findSchema(
  database: Queryable,
  name: string,
): Promise<{ readonly owner: string; readonly usable: boolean } | undefined> {
  const { rows } = await database.query<{ owner: string; usable: boolean }>(
    `SELECT pg_get_userbyid(nspowner)::text AS owner, has_schema_privilege(oid, 'USAGE') AND
       has_schema_privilege(oid, 'CREATE') AS usable FROM pg_namespace WHERE nspname = $1`,
    [name],
  )
  return rows[0]
}

async function mayCreateSchemas(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ may: boolean }>(
    "SELECT has_database_privilege(current_database(), 'CREATE') AS may",
  )
  return rows[0]?.may === true
}

/** @returns false where this PostgreSQL does not let us. */
async function ensureRole(administrator: Database, role: ServiceRole): Promise<boolean> {
  try {
    if (!(await hasRole(administrator, role.name))) await createRole(administrator, role)
    if (role.kind === 'assume') await administrator.query(`GRANT ${role.name} TO CURRENT_USER`)
    return true
  } catch (error) {
    if (sqlStateOf(error) !== sqlStates.insufficientPrivilege) throw error
    return (await hasRole(administrator, role.name)) && (await isMember(administrator, role.name))
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

async function isMember(database: Queryable, role: string): Promise<boolean> {
  const { rows } = await database.query<{ member: boolean }>("SELECT pg_has_role($1, 'MEMBER') AS member", [
    role,
  ])
  return rows[0]?.member === true
}

function forbidden(message: string): PostgresError {
  return new PostgresError('forbidden', `${message} Nothing was changed.`)
}
