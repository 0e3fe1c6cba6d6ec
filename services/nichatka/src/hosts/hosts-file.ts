/**
 * The file of the hosts: `<data folder>/nichatka/hosts.json`, readable by its owner alone, for it holds keys.
 *
 *     { "vehno": { "key": "hmac-sha256:…", "origins": ["https://tasks.example"], "getChanges": true } }
 *
 * It is replaced, never written in place: whoever reads it finds the hosts of before or those of after, also after a crash
 * at any point. People may edit it; whatever is not just so is refused as a whole.
 */
import { open } from 'node:fs/promises'
import type { Host } from './host.ts'
import { encodeHostKey, parseHostKey } from './host-key.ts'

/** The file cannot be used. Tells which rule is broken and of which host, and never a key. */
export class HostsFileError extends Error {
  override readonly name = 'HostsFileError'
}

export const maxFileBytes = 256 * 1024
const maxHosts = 1_000
export const maxOrigins = 50
const maxOriginChars = 200

/** By name. An absent file is no hosts. @throws HostsFileError */
export async function readHosts(file: string): Promise<ReadonlyMap<string, Host>> {
  const text = await readIfPresent(file)
  return text === undefined ? new Map() : decodeHosts(text)
}

/** @throws HostsFileError */
export function decodeHosts(text: string): ReadonlyMap<string, Host> {
  if (text.length > maxFileBytes) throw new HostsFileError('it is too large')
  const entries = Object.entries(parseObject(text))
  if (entries.length > maxHosts) throw new HostsFileError(`more than ${maxHosts} hosts`)
  return new Map(entries.map(([name, value]) => [ensureHostName(name), decodeHost(name, value)]))
}

export function encodeHosts(hosts: ReadonlyMap<string, Host>): string {
  const entries = [...hosts.values()].map(({ name, key, origins, allowsGetChanges }) => [
    name,
    { key: encodeHostKey(key), origins, getChanges: allowsGetChanges },
  ])
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`
}

export function isHostName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(text)
}

/** Whether it is an origin as browsers write it: scheme, host and a port that is not the usual one. */
export function isOrigin(text: string): boolean {
  if (text.length > maxOriginChars || !URL.canParse(text)) return false
  const { protocol, origin } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && origin === text
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file, 'r')
    const { mode, size } = await handle.stat()
    if (size > maxFileBytes) throw new HostsFileError('it is too large')
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new HostsFileError('it must be readable by its owner alone (chmod 600)')
    }
    return await handle.readFile('utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (error instanceof HostsFileError) throw error
    throw new HostsFileError(`it cannot be read (${code ?? 'unknown'})`)
  }
}

function parseObject(text: string): object {
  let value: unknown
  let again: string
  try {
    value = JSON.parse(text)
    again = JSON.stringify(value)
  } catch {
    throw new HostsFileError('it is not JSON, or nested too deeply') // the cause would quote it
  }
  // JSON.parse takes the last of two fields of one name without a word.
  if (again !== text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')) {
    throw new HostsFileError('each name must stand once, and nothing be written with a backslash')
  }
  return ensureObject(value, 'it must hold an object: host names, and of each what belongs to it')
}

function decodeHost(name: string, value: unknown): Host {
  const { key, origins, getChanges, ...rest } = ensureObject(value, `${name}: must be an object`)
  const hostKey = typeof key === 'string' ? parseHostKey(key) : undefined
  if (hostKey === undefined) {
    throw new HostsFileError(
      `${name}: key must be hmac-sha256: and 32 to 64 bytes in base64url, or ed25519: and 32 bytes`,
    )
  }
  if (!isOrigins(origins)) {
    throw new HostsFileError(
      `${name}: origins must list 1 to ${maxOrigins} origins like https://tasks.example`,
    )
  }
  if (typeof getChanges !== 'boolean') throw new HostsFileError(`${name}: getChanges must be true or false`)
  if (Object.keys(rest).length > 0)
    throw new HostsFileError(`${name}: there is no such field; key, origins and getChanges are all`)
  return { name, key: hostKey, origins, allowsGetChanges: getChanges }
}

function isOrigins(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > maxOrigins) return false
  return value.every((origin) => typeof origin === 'string' && isOrigin(origin))
}

function ensureHostName(name: string): string {
  if (isHostName(name)) return name
  throw new HostsFileError('a host’s name must be 1 to 40 of a-z 0-9 - and begin with a letter')
}

function ensureObject(value: unknown, problem: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new HostsFileError(problem)
}
