/**
 * The certificate authority that a profile trusts for its server, besides those of the system: a server in a local network has
 * one of its own. It is taken from the server itself, over a connection that proves nothing, and believed by its fingerprint
 * alone, which somebody has compared or a link has carried.
 */
import { randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { connect, getCACertificates, type SecureContextOptions, type TLSSocket } from 'node:tls'
import { UnreachableError } from '@veche/sync'
import { DamagedError, UsageError } from './errors.ts'

export interface OfferedAuthority {
  /** PEM. */
  readonly cert: string
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly fingerprint: string
  /** The system knows it anyway: there is nothing to trust. */
  readonly isKnown: boolean
}

const FILE = 'authority.pem'
const TIMEOUT_MS = 10_000
const MAX_CHAIN = 10

/** What the server shows as its root: nothing is proved yet. @throws UsageError `invalid_server`, UnreachableError */
export async function fetchAuthority(server: string): Promise<OfferedAuthority> {
  const url = URL.parse(server)
  if (url?.protocol !== 'https:') throw new UsageError('invalid_server')
  const { cert, isKnown } = await handshake(url)
  return { cert: cert.toString(), fingerprint: fingerprintOf(cert), isKnown }
}

/** From now on the profile in `dir` trusts it, in the place of one before. @param cert PEM */
export async function pinAuthority(dir: string, cert: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const draft = join(dir, `${FILE}.${randomBytes(6).toString('hex')}`)
  {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(cert)
    await file.sync()
  }
  await rename(draft, join(dir, FILE))
}

/** Its fingerprint; undefined where the profile in `dir` trusts none. @throws DamagedError */
export function pinnedFingerprint(dir: string): string | undefined {
  const pinned = readPinned(dir)
  return pinned && fingerprintOf(pinned)
}

/** What the profile's connections trust: the system's authorities, and its own. @throws DamagedError */
export function trustOf(dir: string): Pick<SecureContextOptions, 'ca'> {
  const pinned = readPinned(dir)
  return pinned ? { ca: [...getCACertificates('default'), pinned.toString()] } : {}
}

/** At once: a transport is made between two lines of a program, and the file is small. */
function readPinned(dir: string): X509Certificate | undefined {
  const file = join(dir, FILE)
  if (!existsSync(file)) return undefined
  try {
    return new X509Certificate(readFileSync(file))
  } catch (cause) {
    throw new DamagedError('the pinned authority is damaged', { cause })
  }
}

function handshake({ hostname, port }: URL): Promise<{ cert: X509Certificate; isKnown: boolean }> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const name = isIP(host) === 0 ? { servername: host } : {}
  const { promise, resolve, reject } = Promise.withResolvers<{ cert: X509Certificate; isKnown: boolean }>()
  const socket = connect({ host, port: Number(port || 443), ...name, rejectUnauthorized: false })
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')))
  socket.once('error', (cause) => reject(new UnreachableError(undefined, { cause })))
  socket.once('close', () => reject(new UnreachableError()))
  socket.once('secureConnect', () => {
    resolve({ cert: rootOf(socket), isKnown: socket.authorized })
    socket.destroy()
  })
  return promise
}

/** The last of the certificates that were sent. */
function rootOf(socket: TLSSocket): X509Certificate {
  let cert = socket.getPeerX509Certificate()!
  for (let depth = 0; cert.issuerCertificate && depth < MAX_CHAIN; depth++) cert = cert.issuerCertificate
  return cert
}

function fingerprintOf(cert: X509Certificate): string {
  return cert.fingerprint256.replaceAll(':', '').toLowerCase()
}
