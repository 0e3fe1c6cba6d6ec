/**
 * As whom PostgreSQL runs. It refuses root, so a server started by root runs it
 * - in a user namespace, where root's files belong to an ordinary user: nothing moves, files stay root's; else
 * - as a system user `veche` with programs and data under /var/lib/veche; else
 * - not at all, with one clear line.
 */
import { execFile, type SpawnOptions } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { binariesIn, type PostgresBinaries } from './binaries.ts'
import { PostgresError } from './postgres-error.ts'

const run = promisify(execFile)

export interface PostgresAccount {
  readonly binaries: PostgresBinaries
  /** PGDATA. */
  readonly folder: string
  /** The command line that runs a program as this account. */
  command(
    program: string,
    args: readonly string[],
  ): { readonly program: string; readonly args: readonly string[] }
  readonly spawnOptions: Pick<SpawnOptions, 'uid' | 'gid'>
}

export type AccountKind = 'self' | 'namespace' | 'system'

/** @param kind tried in its usual order where left out. */
export async function chooseAccount(
  binaries: PostgresBinaries,
  folder: string,
  kind?: AccountKind,
): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0 || kind === 'self') return direct(binaries, folder)
  if (kind !== 'system') {
    const namespace = await inNamespace(binaries, folder)
    if (namespace !== undefined) return namespace
  }
  return asSystemUser(binaries, folder)
}

function direct(binaries: PostgresBinaries, folder: string): PostgresAccount {
  return { binaries, folder, command: (program, args) => ({ program, args }), spawnOptions: {} }
}

async function inNamespace(binaries: PostgresBinaries, folder: string): Promise<PostgresAccount | undefined> {
  const user = await findOrdinaryUser()
  if (user === undefined) return undefined
  const wrapper = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--']
  try {
    await run('unshare', [...wrapper, binaries.postgres, '--version'])
  } catch {
    return undefined // no unshare, or user namespaces are forbidden here
  }
  const command = (program: string, args: readonly string[]) => ({
    program: 'unshare',
    args: [...wrapper, program, ...args],
  })
  return { binaries, folder, command, spawnOptions: {} }
}

/** initdb looks its user up in /etc/passwd: any that is not root will do, and `nobody` is everywhere. */
async function findOrdinaryUser(name?: string): Promise<{ uid: number; gid: number } | undefined> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const users = lines.filter((fields) => Number(fields[2]) > 0)
  const found = users.find((fields) => fields[0] === (name ?? 'nobody')) ?? (name ? undefined : users[0])
  return found === undefined ? undefined : { uid: Number(found[2]), gid: Number(found[3]) }
}

const systemUser = 'veche'
const systemFolder = '/var/lib/veche'

async function asSystemUser(binaries: PostgresBinaries, folder: string): Promise<PostgresAccount> {
  try {
    const user = (await findOrdinaryUser(systemUser)) ?? (await createSystemUser())
    await mkdir(systemFolder, { recursive: true, mode: 0o755 })
    const programs = join(systemFolder, `postgres-${await versionOf(binaries)}`)
    await cp(binaries.folder, programs, { recursive: true, verbatimSymlinks: true })
    // One system folder serves any number of data folders; each keeps its own place in it.
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const place = createHash('sha256')
      .update(await realpath(folder))
      .digest('hex')
      .slice(0, 16)
    const own = join(systemFolder, `data-${place}`)
    return { ...direct(binariesIn(programs), own), spawnOptions: user }
  } catch (cause) {
    const detail =
      'PostgreSQL refuses to run as root, and neither a user namespace nor a user "veche" can be had here: ' +
      'start the server as an ordinary user, or set DATABASE_URL.'
    throw new PostgresError('forbidden', detail, { cause })
  }
}

async function createSystemUser(): Promise<{ uid: number; gid: number }> {
  await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    systemUser,
  ])
  const user = await findOrdinaryUser(systemUser)
  if (user === undefined) throw new Error('useradd made no user')
  return user
}

async function versionOf(binaries: PostgresBinaries): Promise<string> {
  const { stdout } = await run(binaries.postgres, ['--version'])
  return /(\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown'
}
