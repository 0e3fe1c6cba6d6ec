/**
 * PostgreSQL that belongs to this server: real programs from npm, its data in a folder of ours, started and
 * stopped with us.
 *
 * States: locked (the folder is ours) → clean (no PostgreSQL of a killed server is left on it) → initialised →
 * ready ⇄ restarting (it ended though nobody asked it to) → stopped. It runs in a process group of its own, so
 * that a Ctrl-C at the terminal reaches only us and we stop it last. When we die by kill -9 it lives on until the
 * next start, which holds the lock and ends it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../database/database.ts'
import { socketUrl } from '../database/database-url.ts'
import type { ServerAddress } from '../database/service-schema.ts'
import { lockFile } from '../disk/file-lock.ts'
import { type AccountKind, chooseAccount, type PostgresAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { PostgresError } from './postgres-error.ts'
import { initdbArguments, postgresSettings } from './postgres-settings.ts'
import { stopOrphan, stopProcess } from './postmaster.ts'
import { shortPath } from './short-path.ts'

export interface EmbeddedPostgresOptions {
  /** Made when absent. Holds `postgres` (PGDATA), `postgres.log` and `postgres.lock`. */
  readonly folder: string
  /** How long it may take until it answers; recovery after a crash counts. 60,000 by default. */
  readonly startTimeoutMs?: number
  /** As whom it runs when we are root; chosen by what works where left out. */
  readonly account?: AccountKind
  /** Over the settings of this project, e.g. `fsync=off` where a test's data may vanish. */
  readonly settings?: Readonly<Record<string, string>>
}

export const database = 'veche'
export const user = 'veche'

export class EmbeddedPostgres implements AsyncDisposable {
  readonly address: ServerAddress
  /** Its data. */
  readonly folder: string
  readonly #resources: AsyncDisposableStack
  readonly #launch: () => Promise<ChildProcess>
  #process: ChildProcess
  #stopping = false
  #supervised: Promise<void>

  /** @throws PostgresError */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    await using resources = new AsyncDisposableStack()
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    resources.use(takeFolder(options.folder))
    const account = await chooseAccount(
      await findBinaries(),
      join(options.folder, 'postgres'),
      options.account,
    )
    await initialise(account)
    const sockets = resources.use(await shortPath(account.folder))
    const launch = () => launchPostgres(account, sockets.path, options)
    const child = await launch()
    await using unlessHandedOver = new AsyncDisposableStack()
    unlessHandedOver.defer(() => endProcess(child))
    await ensureDatabase(sockets.path)
    unlessHandedOver.move()
    return new EmbeddedPostgres(launch, child, account.folder, sockets.path, resources.move())
  }

  private constructor(
    launch: () => Promise<ChildProcess>,
    child: ChildProcess,
    folder: string,
    socketFolder: string,
    resources: AsyncDisposableStack,
  ) {
    this.folder = folder
    this.#launch = launch
    this.#process = child
    this.#resources = resources
    this.#supervised = this.#supervise()
    this.address = { url: socketUrl(socketFolder, database, user), passwordless: true }
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Open transactions are rolled back, everything is synced, the folder is free. */
  async stop(): Promise<void> {
    this.#stopping = true
    await endProcess(this.#process)
    await this.#supervised
    await this.#resources.disposeAsync()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Starts it again whenever it ends unasked, e.g. killed for memory; it recovers by its log. */
  async #supervise(): Promise<void> {
    for (;;) {
      await ended(this.#process)
      if (this.#stopping) return
      await sleep(restartAfterMs)
      try {
        const child = await this.#launch()
        this.#process = child
        if (this.#stopping) await endProcess(child)
      } catch {
        // Its log says why; the next round tries again, and until then calls fail as they do without PostgreSQL.
      }
    }
  }
}

const restartAfterMs = 500

async function launchPostgres(
  account: PostgresAccount,
  sockets: string,
  { folder, settings, startTimeoutMs = 60_000 }: EmbeddedPostgresOptions,
): Promise<ChildProcess> {
  await stopOrphan(account.folder)
  const log = join(folder, 'postgres.log')
  const child = await spawnPostgres(account, log, settings)
  try {
    await waitUntilReady(child, sockets, startTimeoutMs, log)
    return child
  } catch (error) {
    await endProcess(child)
    throw error
  }
}

function takeFolder(folder: string): Disposable {
  const lock = lockFile(join(folder, 'postgres.lock'))
  if (lock !== undefined) return lock
  throw new PostgresError('in_use', `Another Veche server is running on the data folder ${folder}.`)
}

/**
 * In a folder beside, renamed when complete: an initdb that was cut short leaves nothing to trip over. What stands in
 * the database's place and is no database may be a damaged one: it is never removed.
 */
async function initialise(account: PostgresAccount): Promise<void> {
  if (existsSync(join(account.folder, 'PG_VERSION'))) return
  if (!(await isEmptyOrAbsent(account.folder))) {
    throw new PostgresError(
      'failed',
      `${account.folder} holds files and is no database: it was left as it is.`,
    )
  }
  const draft = `${account.folder}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  const { uid, gid } = account.spawnOptions
  if (uid !== undefined && gid !== undefined) await chown(draft, uid, gid)
  await runToEnd(account, account.binaries.initdb, [...initdbArguments, `--pgdata=${draft}`])
  await rename(draft, account.folder)
}

async function isEmptyOrAbsent(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw error
  }
}

async function runToEnd(account: PostgresAccount, program: string, args: readonly string[]): Promise<void> {
  const command = account.command(program, args)
  const child = spawn(command.program, command.args, {
    ...account.spawnOptions,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-2000)
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new PostgresError('failed', `initdb failed: ${output.trim().split('\n')[0] ?? ''}`)
}

async function spawnPostgres(
  account: PostgresAccount,
  logFile: string,
  settings: EmbeddedPostgresOptions['settings'] = {},
): Promise<ChildProcess> {
  const options = Object.entries({ ...postgresSettings, ...settings }).map(
    ([name, value]) => `--${name}=${value}`,
  )
  const command = account.command(account.binaries.postgres, ['-D', account.folder, ...options])
  await using log = await open(logFile, 'w', 0o600)
  return spawn(command.program, command.args, {
    ...account.spawnOptions,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
}

async function waitUntilReady(
  child: ChildProcess,
  sockets: string,
  timeoutMs: number,
  log: string,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await answers(sockets))) {
    if (hasEnded(child)) {
      throw new PostgresError('failed', `PostgreSQL did not start; see ${log}.`)
    }
    if (performance.now() > deadlineMs)
      throw new PostgresError('failed', `PostgreSQL does not answer; see ${log}.`)
    await sleep(20)
  }
}

/** Whether a PostgreSQL of ours answers on the sockets of this folder. */
export async function answers(sockets: string): Promise<boolean> {
  await using server = openDatabase({
    url: socketUrl(sockets, 'postgres', user),
    schema: 'public',
    maxConnections: 1,
  })
  return server.query('SELECT 1').then(
    () => true,
    () => false, // not yet: no socket, or still recovering
  )
}

async function ensureDatabase(sockets: string): Promise<void> {
  await using server = openDatabase({
    url: socketUrl(sockets, 'postgres', user),
    schema: 'public',
    maxConnections: 1,
  })
  const { rowCount } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
  if (rowCount === 0) await server.query(`CREATE DATABASE ${database}`)
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (!hasEnded(child) && child.pid !== undefined) await stopProcess(child.pid)
  await ended(child)
}

async function ended(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, 'exit')
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}
