/**
 * Vehno and Nichatka together, on this machine alone.
 *
 * States: the folder is ours → a key for Vehno → Nichatka with its PostgreSQL ready → Vehno's schema and role → Vehno ready → stopped, in the
 * reverse order. When either ends unasked, `ended` resolves.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { lockFile } from '../../packages/service-kit/src/disk/file-lock.ts'
import { attachPostgres } from '../../packages/service-kit/src/postgres/attach-postgres.ts'
import { prepareDatabase } from './database.ts'
import { addHost, startNichatka } from './nichatka.ts'
import { freePort } from './ports.ts'
import { findPython } from './python.ts'
import { startVehno } from './vehno.ts'

export interface ExampleOptions {
  /** Of everything that both keep; made when absent. */
  readonly data: string
  /** 0: one that is free. */
  readonly port: number
  readonly nichatkaPort: number
  /** Of everybody, at the first start; made where left out. */
  readonly password?: string
}

export interface RunningExample extends AsyncDisposable {
  readonly url: string
  /** Ends with a slash. */
  readonly nichatkaUrl: string
  readonly password: string
  /** Vehno's and Nichatka's processes. */
  readonly pids: readonly number[]
  /** Resolves when one of them ends. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** Another Vehno runs on this folder, and with a key of its own. */
export class FolderTakenError extends Error {
  override readonly name = 'FolderTakenError'
}

/** @throws PackagesMissingError, FolderTakenError, PortTakenError, ProcessError, PostgresError */
export async function startExample(options: ExampleOptions): Promise<RunningExample> {
  await using resources = new AsyncDisposableStack()
  const data = resolve(options.data)
  await mkdir(data, { recursive: true, mode: 0o700 })
  resources.use(await takeFolder(data))
  const password = await keepPassword(join(data, 'password'), options.password)
  const python = await findPython()
  const port = await freePort(options.port)
  const nichatkaPort = await freePort(options.nichatkaPort)
  const url = `http://127.0.0.1:${port}`
  const nichatkaUrl = `http://127.0.0.1:${nichatkaPort}/nichatka/`

  const origins = [url, `http://localhost:${port}`]
  const nichatkaKey = await addHost({ data, port: nichatkaPort }, 'vehno', origins)
  const nichatka = await startNichatka({ data, port: nichatkaPort })
  resources.defer(() => nichatka.stop())
  const postgres = resources.use(await attachPostgres(join(data, 'nichatka')))
  if (postgres === undefined) throw new Error('Nichatka has started without a database')
  const databaseUrl = await prepareDatabase(postgres.address)
  const vehno = await startVehno({ python, data, port, databaseUrl, password, nichatkaUrl, nichatkaKey })
  resources.defer(() => vehno.stop())

  const owned = resources.move()
  const stop = () => owned.disposeAsync()
  const ended = Promise.race([vehno.ended, nichatka.ended])
  const pids = [vehno.pid, nichatka.pid]
  return { url, nichatkaUrl, password, pids, ended, stop, [Symbol.asyncDispose]: stop }
}

async function takeFolder(folder: string): Promise<Disposable> {
  const file = join(folder, 'lock')
  await writeFile(file, '', { flag: 'a', mode: 0o600 })
  const lock = lockFile(file)
  if (lock === undefined) throw new FolderTakenError(folder)
  return lock
}

async function keepPassword(file: string, given: string | undefined): Promise<string> {
  const password = given ?? randomBytes(9).toString('base64url')
  try {
    await writeFile(file, password, { flag: 'wx', mode: 0o600 })
    return password
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readFile(file, 'utf8')
  }
}
