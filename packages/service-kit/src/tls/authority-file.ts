/**
 * The file of the local network's authority: its certificate in the clear, its key sealed as all stored keys are, under a
 * data key of its own. It is replaced, never written in place.
 */
import { randomBytes, X509Certificate } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { concatBytes, DecodeError, utf8 } from '@veche/protocol'
import type { MasterKeyId } from '../keys/key-ring.ts'
import type { Sealing } from '../keys/sealing.ts'
import type { KeyPair } from './tls-source.ts'

/** What is in it, but for the key. */
export interface AuthorityFile {
  /** PEM. */
  readonly cert: string
  /** The one that its key is sealed under. */
  readonly masterKey: MasterKeyId
}

interface Sealed extends AuthorityFile {
  readonly dataKeyId: string
  /** Base64, as the key below. */
  readonly dataKey: string
  readonly key: string
}

const purpose = 'lan authority'
const maxBytes = 16 * 1024

/** Undefined where there is none. @throws DecodeError, what the file system throws */
export async function readAuthorityFile(file: string): Promise<AuthorityFile | undefined> {
  const sealed = await readSealed(file)
  return sealed && { cert: sealed.cert, masterKey: sealed.masterKey }
}

/** Undefined where there is none. @throws DecodeError, MissingMasterKeyError, what the file system throws */
export async function openAuthority(file: string, sealing: Sealing): Promise<KeyPair | undefined> {
  const sealed = await readSealed(file)
  if (sealed === undefined) return undefined
  const { cert, dataKeyId } = sealed
  const owner = ownerOf(cert)
  const dataKey = sealing.openDataKey({ purpose, owner, id: dataKeyId }, fromBase64(sealed.dataKey))
  const key = Buffer.from(sealing.open(dataKey, owner, fromBase64(sealed.key))).toString('utf8')
  dataKey.key.fill(0)
  return { cert, key }
}

/** Whichever is first stays: another server may start on the same folder. */
export function createAuthorityFile(file: string, authority: KeyPair, sealing: Sealing): Promise<void> {
  return write(file, authority, sealing, async (draft) => {
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(draft)
  })
}

/** The same authority under the current master key, and a new data key. */
export function replaceAuthorityFile(file: string, authority: KeyPair, sealing: Sealing): Promise<void> {
  return write(file, authority, sealing, (draft) => rename(draft, file))
}

async function write(
  file: string,
  { cert, key }: KeyPair,
  sealing: Sealing,
  put: (draft: string) => Promise<void>,
): Promise<void> {
  const owner = ownerOf(cert)
  const place = sealing.newDataKey(purpose, owner)
  const dataKey = sealing.openDataKey(place, place.wrapped)
  const sealed: Sealed = {
    cert,
    masterKey: place.masterKey,
    dataKeyId: place.id,
    dataKey: Buffer.from(place.wrapped).toString('base64'),
    key: Buffer.from(sealing.seal(dataKey, owner, utf8(key))).toString('base64'),
  }
  dataKey.key.fill(0)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  {
    await using handle = await open(draft, 'wx', 0o600)
    await handle.writeFile(`${JSON.stringify(sealed, null, 2)}\n`)
    await handle.sync()
  }
  await put(draft)
  await using folder = await open(dirname(file), 'r')
  await folder.sync()
}

async function readSealed(file: string): Promise<Sealed | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : decode(text)
}

function decode(text: string): Sealed {
  try {
    if (text.length > maxBytes) throw new RangeError('too long')
    const value: Partial<Record<keyof Sealed, unknown>> = JSON.parse(text)
    const [cert, masterKey] = [textOf(value.cert), textOf(value.masterKey)]
    new X509Certificate(cert)
    const dataKeyId = textOf(value.dataKeyId)
    if (![masterKey, dataKeyId].every((id) => /^[0-9a-f]{16}$/.test(id))) throw new TypeError('no key id')
    return { cert, masterKey, dataKeyId, dataKey: textOf(value.dataKey), key: textOf(value.key) }
  } catch (cause) {
    throw new DecodeError('authority file: malformed', { cause })
  }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text')
  return value
}

/** A sealed key belongs to one certificate: beside another it does not open. */
function ownerOf(cert: string): Uint8Array {
  return concatBytes(new X509Certificate(cert).raw)
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64')
}
