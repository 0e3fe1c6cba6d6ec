/**
 * What the one who runs the machine does with the master keys: looks, rotates, retires. It works on the key file and on
 * the services' schemas, beside a running server, which takes both up by itself; with the server stopped the work
 * begins at its next start. It may be killed at any point and be run again.
 */
import {
  askForRotation,
  attachPostgres,
  ConfigError,
  type Database,
  type Environment,
  isLostConnection,
  type KeyRing,
  type KeyStatus,
  MasterKeyError,
  maxRingKeys,
  openServiceDatabase,
  PostgresError,
  readAuthorityFile,
  readKeyRing,
  readKeyStatus,
  replaceKeyRing,
  retireOtherMasterKeys,
  sqlStateOf,
} from '@veche/service-kit'
import { HostsFileError } from '@veche/service-nichatka/hosts'
import { readServerConfig, type ServerConfig } from '../server-config.ts'
import { services } from '../services.ts'
import { authorityFileOf } from '../tls/lan.ts'

export interface MasterKeyReport {
  readonly id: string
  /** It stands first in the file. */
  readonly current: boolean
  readonly inFile: boolean
  /** How many data keys are under it. */
  readonly dataKeys: number
}

export interface KeysReport {
  readonly file: string
  /** Those of the file, newest first; then any that something is under and the file does not have. */
  readonly masterKeys: readonly MasterKeyReport[]
  readonly dataKeys: number
  /** Still under another master key than the current one. */
  readonly toRewrap: number
  /** Data keys still to be replaced. */
  readonly toReplace: number
}

export type RotateOutcome =
  | { readonly kind: 'rotated'; readonly masterKey: string }
  /** The file has as many keys as it may: retire old ones first. */
  | { readonly kind: 'too_many_keys' }
  /** This user may not write the key file: a line goes in by hand. */
  | { readonly kind: 'file_locked' }

export type RetireOutcome =
  | { readonly kind: 'retired'; readonly retired: readonly string[] }
  /** Something is still under an old key. */
  | { readonly kind: 'in_use'; readonly dataKeys: number }
  /** The current key is not in use yet, or an older one stands first in the file. */
  | { readonly kind: 'not_taken_up' }
  /** Nothing is under the old keys, and they must not be used again; but this user may not write the key file. */
  | { readonly kind: 'file_locked' }

/** Where keys are kept. */
interface Kept {
  /** The key ring. */
  readonly file: string
  /** Of the local network's authority, whose key is sealed like those in the databases; undefined: there is none. */
  readonly authorityFile: string | undefined
  readonly databases: readonly Database[]
}

export class OperatorKeys implements AsyncDisposable {
  readonly #file: string
  /** Of the services that have keys. */
  readonly #authorityFile: string | undefined
  readonly #databases: readonly Database[]
  readonly #resources: AsyncDisposableStack

  /**
   * Undefined where there is no server's data, or where it was not started since keys can be rotated.
   * @throws ConfigError, MasterKeyError, PostgresError
   */
  static async open(env: Environment): Promise<OperatorKeys | undefined> {
    await using resources = new AsyncDisposableStack()
    const config = await readServerConfig(env, services)
    const address = await addressOf(config, resources)
    if (address === undefined) return undefined
    const databases: Database[] = []
    for (const name of config.running) {
      const database = resources.use(
        await openServiceDatabase(address, name, undefined, { maxConnections: 1 }),
      )
      if ((await readKeyStatus(database)) !== undefined) databases.push(database)
    }
    if (databases.length === 0) return undefined
    const authorityFile = config.tls?.kind === 'lan' ? authorityFileOf(config) : undefined
    return new OperatorKeys({ file: config.masterKeyFile, authorityFile, databases }, resources.move())
  }

  private constructor({ file, authorityFile, databases }: Kept, resources: AsyncDisposableStack) {
    this.#file = file
    this.#authorityFile = authorityFile
    this.#databases = databases
    this.#resources = resources
  }

  async report(): Promise<KeysReport> {
    const ring = await this.#readRing()
    const statuses = await this.#statuses()
    const used = new Map<string, number>()
    for (const { id, dataKeys } of statuses.flatMap(({ masterKeys }) => masterKeys)) {
      used.set(id, (used.get(id) ?? 0) + dataKeys)
    }
    const authority = this.#authorityFile && (await readAuthorityFile(this.#authorityFile))
    if (authority) used.set(authority.masterKey, (used.get(authority.masterKey) ?? 0) + 1)
    const inFile = ring.keys.map(({ id }, index) => ({
      id,
      current: index === 0,
      inFile: true,
      dataKeys: used.get(id) ?? 0,
    }))
    const missing = [...used].filter(([id, dataKeys]) => dataKeys > 0 && ring.find(id) === undefined)
    const dataKeys = sum(statuses, (status) => status.dataKeys) + (authority === undefined ? 0 : 1)
    return {
      file: this.#file,
      masterKeys: [
        ...inFile,
        ...missing.map(([id, count]) => ({ id, current: false, inFile: false, dataKeys: count })),
      ],
      dataKeys,
      toRewrap: dataKeys - (used.get(ring.current.id) ?? 0),
      toReplace: sum(statuses, (status) => status.toReplace),
    }
  }

  /** Makes a new current master key, and with `data` asks for new data keys as well. */
  async rotate({ data }: { readonly data: boolean }): Promise<RotateOutcome> {
    const ring = await this.#readRing()
    if (ring.keys.length === maxRingKeys) return { kind: 'too_many_keys' }
    const renewed = ring.renewed()
    if (!(await this.#replaceFile(renewed))) return { kind: 'file_locked' }
    // The file first: a server that sees the wish sees the key as well.
    if (data) for (const database of this.#databases) await askForRotation(database, renewed.current.id)
    return { kind: 'rotated', masterKey: renewed.current.id }
  }

  /** Removes all keys but the current one from use and from the file, if nothing is under them. */
  async retire(): Promise<RetireOutcome> {
    const ring = await this.#readRing()
    const { toRewrap } = await this.report()
    if (toRewrap > 0) return { kind: 'in_use', dataKeys: toRewrap }
    for (const database of this.#databases) {
      const { kind } = await retireOtherMasterKeys(database, ring.current.id)
      // Something was put under an old key since it was counted.
      if (kind === 'in_use') return { kind, dataKeys: (await this.report()).toRewrap }
      if (kind === 'not_newest') return { kind: 'not_taken_up' }
    }
    const retired = ring.keys.slice(1).map(({ id }) => id)
    if (retired.length > 0 && !(await this.#replaceFile(ring.withoutOld()))) return { kind: 'file_locked' }
    return { kind: 'retired', retired }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }

  #readRing(): Promise<KeyRing> {
    return readKeyRing(this.#file, { mayCreate: false })
  }

  async #statuses(): Promise<readonly KeyStatus[]> {
    const statuses = await Promise.all(this.#databases.map((database) => readKeyStatus(database)))
    return statuses.filter((status) => status !== undefined)
  }

  async #replaceFile(ring: KeyRing): Promise<boolean> {
    try {
      await replaceKeyRing(this.#file, ring)
      return true
    } catch (error) {
      // Read-only, someone else's, or mounted as a single file.
      const code = (error as NodeJS.ErrnoException).code ?? ''
      if (['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV'].includes(code)) return false
      throw error
    }
  }
}

/** What an operator can put right, of the errors above and of those of connecting; undefined for any other. */
export function operatorProblem(error: unknown):
  | {
      readonly reason: 'server_settings' | 'key_file' | 'hosts_file' | 'server_database'
      readonly detail: string
    }
  | undefined {
  if (error instanceof ConfigError) return { reason: 'server_settings', detail: error.problems.join('\n') }
  if (error instanceof MasterKeyError) return { reason: 'key_file', detail: error.message }
  if (error instanceof HostsFileError) return { reason: 'hosts_file', detail: error.message }
  if (error instanceof PostgresError) return { reason: 'server_database', detail: error.message }
  if (error instanceof Error && (sqlStateOf(error) !== undefined || isLostConnection(error))) {
    return {
      reason: 'server_database',
      detail: 'PostgreSQL does not answer, or refuses the role of DATABASE_URL.',
    }
  }
  return undefined
}

async function addressOf({ databaseUrl, dataFolder }: ServerConfig, resources: AsyncDisposableStack) {
  if (databaseUrl !== undefined) return { url: databaseUrl, passwordless: false }
  const postgres = await attachPostgres(dataFolder)
  return postgres && resources.use(postgres).address
}

function sum<T>(values: readonly T[], numberOf: (value: T) => number): number {
  return values.reduce((total, value) => total + numberOf(value), 0)
}
