/**
 * A service's own part of PostgreSQL: its schema, reached as its own role, and no other. All statements are
 * parameterised; one that has a `name` is prepared once on each connection.
 *
 * A lost connection fails the statement it carried, never the process: the pool connects again by itself once
 * PostgreSQL is back.
 */
import pg from 'pg'
import { databaseEvents } from './database-events.ts'
import type { DatabaseOptions } from './database-options.ts'
import { connectionUrl } from './database-url.ts'
import { isLostConnection, isSerializationFailure } from './sql-state.ts'

export type SqlValue = string | number | bigint | boolean | Uint8Array | Date | null | readonly SqlValue[]
export type Row = Readonly<Record<string, unknown>>

export interface Query {
  /** Prepared under this name; the same name must always carry the same text. */
  readonly name?: string
  readonly text: string
  readonly values?: readonly SqlValue[]
}

/**
 * What runs statements: the database, a transaction or a dedicated connection. `int8` comes as bigint, `bytea`
 * as Buffer, `timestamptz` as Date.
 */
export interface Queryable {
  query<R extends object = Row>(query: Query | string, values?: readonly SqlValue[]): Promise<QueryResult<R>>
}

export interface QueryResult<R> {
  readonly rows: readonly R[]
  /** Rows changed or returned. */
  readonly rowCount: number
}

export interface TransactionOptions {
  /** `read committed` by default. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly readOnly?: boolean
  /** How often it runs in all when PostgreSQL reports a serialization failure or a deadlock. 5 by default. */
  readonly attempts?: number
}

export interface Database extends Queryable, AsyncDisposable {
  /**
   * Runs `work` in a transaction; commits when it resolves, rolls back when it throws. `work` runs again, from
   * the beginning, after a serialization failure or deadlock: it must have no other effects.
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** One connection outside the pool, for a single writer or for LISTEN. The caller disposes it. */
  connect(): Promise<DedicatedConnection>
  close(): Promise<void>
}

export interface DedicatedConnection extends Queryable, AsyncDisposable {
  /** Aborted, with the error as reason, when the connection is lost: open another. */
  readonly lost: AbortSignal
  transaction<T>(work: (transaction: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** @param receive called for each NOTIFY on `channel`. */
  listen(channel: string, receive: (payload: string) => void): Promise<void>
}

const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, BigInt)

/** Opens the pool. Nothing is connected until the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  return new PooledDatabase(options)
}

class PooledDatabase implements Database {
  readonly #pool: pg.Pool
  readonly #options: DatabaseOptions

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#pool = new pg.Pool({
      ...clientConfig(options),
      ...answerTimeout(options),
      max: options.maxConnections ?? 8,
      idleTimeoutMillis: 30_000,
    })
    // Without a listener an error of a checked-out client would end the process; the statement reports it. From the first
    // moment on: that PostgreSQL is going may come in one packet with its welcome.
    this.#pool.on('connect', (client) => void client.on('error', () => {}))
    // An idle connection was lost (PostgreSQL restarted): the pool has dropped it already.
    this.#pool.on('error', (error) => options.log?.warn(databaseEvents.connection_lost, { error }))
  }

  async query<R extends object>(
    query: Query | string,
    values?: readonly SqlValue[],
  ): Promise<QueryResult<R>> {
    return run<R>(this.#pool, query, values)
  }

  async transaction<T>(
    work: (transaction: Queryable) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    const client = await this.#pool.connect()
    let broken = true
    try {
      const result = await transact(client, work, options)
      broken = false
      return result
    } catch (error) {
      broken = isLostConnection(error)
      throw error
    } finally {
      client.release(broken)
    }
  }

  async connect(): Promise<DedicatedConnection> {
    const client = new pg.Client(clientConfig(this.#options))
    const connection = new OneConnection(client)
    await client.connect()
    return connection
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

class OneConnection implements DedicatedConnection {
  readonly #client: pg.Client
  readonly #lost = new AbortController()

  constructor(client: pg.Client) {
    this.#client = client
    client.on('error', (error) => this.#lost.abort(error))
    client.on('end', () => this.#lost.abort(new Error('the connection ended')))
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  query<R extends object>(query: Query | string, values?: readonly SqlValue[]): Promise<QueryResult<R>> {
    return run<R>(this.#client, query, values)
  }

  transaction<T>(work: (transaction: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return transact(this.#client, work, options)
  }

  async listen(channel: string, receive: (payload: string) => void): Promise<void> {
    this.#client.on('notification', (notice) => {
      if (notice.channel === channel) receive(notice.payload ?? '')
    })
    await this.#client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }
}

function clientConfig(options: DatabaseOptions): pg.ClientConfig {
  return {
    connectionString: connectionUrl(options),
    types,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    // A peer that vanished without a word is noticed by the system.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: `veche ${options.schema}`,
  }
}

/**
 * PostgreSQL itself ends a statement that takes too long. A process of a killed server that waits for ever for another
 * one cannot: then it is given up from here, so that the pool gets its connection back.
 */
function answerTimeout({ statementTimeoutMs = 30_000 }: DatabaseOptions): pg.ClientConfig {
  return statementTimeoutMs === 0 ? {} : { query_timeout: statementTimeoutMs + 5_000 }
}

type Runner = Pick<pg.ClientBase | pg.Pool, 'query'>

async function run<R extends object>(
  runner: Runner,
  query: Query | string,
  values: readonly SqlValue[] = [],
): Promise<QueryResult<R>> {
  const { rows, rowCount } = await runner.query<R & pg.QueryResultRow>(
    typeof query === 'string'
      ? { text: query, values: [...values] }
      : { ...query, values: [...(query.values ?? [])] },
  )
  return { rows, rowCount: rowCount ?? 0 }
}

async function transact<T>(
  client: pg.ClientBase,
  work: (transaction: Queryable) => Promise<T>,
  { isolation = 'read committed', readOnly = false, attempts = 5 }: TransactionOptions = {},
): Promise<T> {
  const begin = `BEGIN ISOLATION LEVEL ${isolation}${readOnly ? ' READ ONLY' : ''}`
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(begin)
      const result = await work({ query: (query, values) => run(client, query, values) })
      await client.query('COMMIT')
      return result
    } catch (error) {
      if (!isLostConnection(error)) await client.query('ROLLBACK').catch(() => {}) // the first error is the one that counts
      if (!isSerializationFailure(error) || attempt >= attempts) throw error
    }
  }
}
