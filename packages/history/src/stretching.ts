/** A key from a passphrase, by Argon2id (RFC 9106): what it costs is written down beside what it opens. */
import { DecodeError, utf8 } from '@veche/protocol'
import { type AesKey, importAesKey } from './profile-key.ts'

/** What a guess costs. */
export interface Stretching {
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
}

/** 32 bytes of a passphrase. */
export type Stretch = (passphrase: Uint8Array, salt: Uint8Array, how: Stretching) => Promise<Uint8Array>

export const STRETCHING_BYTES = 12
export const SALT_BYTES = 16

/** 128 MiB three times: 0.45 s of a processor, which four lanes share (docs/decisions/profile-passphrase.md). */
export const STRETCHING: Stretching = { memoryKiB: 128 * 1024, passes: 3, lanes: 4 }

/** Less is no protection; more is not ours, and a hostile file would have us work for hours. */
const BOUNDS = {
  memoryKiB: { least: 64 * 1024, most: 1024 * 1024 },
  passes: { least: 1, most: 16 },
  lanes: { least: 1, most: 16 },
} as const satisfies Record<keyof Stretching, { least: number; most: number }>

/** Memory, passes and lanes, four bytes each, big-endian. */
export function encodeStretching({ memoryKiB, passes, lanes }: Stretching): Uint8Array {
  const bytes = new Uint8Array(STRETCHING_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of [memoryKiB, passes, lanes].entries()) view.setUint32(index * 4, value)
  return bytes
}

/** @param what asks for it. @throws DecodeError when it asks for too little work, or for too much */
export function readStretching(bytes: Uint8Array, what: string): Stretching {
  const view = new DataView(bytes.buffer, bytes.byteOffset, STRETCHING_BYTES)
  const [memoryKiB, passes, lanes] = [0, 4, 8].map((at) => view.getUint32(at)) as [number, number, number]
  const stretching = { memoryKiB, passes, lanes }
  for (const [name, { least, most }] of Object.entries(BOUNDS)) {
    const value = stretching[name as keyof Stretching]
    if (value < least || value > most) throw new DecodeError(`${what}: ${name} out of bounds`)
  }
  return stretching
}

/** The same passphrase however it was typed: NFKC, as passwords (RFC 8265 section 4.2). */
export async function stretchedKey(
  passphrase: string,
  salt: Uint8Array,
  how: Stretching,
  stretch: Stretch,
): Promise<AesKey> {
  const secret = utf8(passphrase.normalize('NFKC'))
  const stretched = await stretch(secret, salt, how)
  const key = await importAesKey(stretched)
  for (const bytes of [secret, stretched]) bytes.fill(0)
  return key
}
