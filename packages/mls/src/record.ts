/**
 * The frame of everything that this package asks a device to keep: a version, what it is, the cipher suite, and
 * a list of byte strings. Read back only by `openRecord`; the journal around it guards against change.
 */
import { concatBytes, DecodeError } from '@veche/protocol'
import { SUITE_ID } from './provider.ts'

const VERSION = 1
const KINDS = { privatePart: 1, group: 2, pending: 3, delta: 4 } as const
type Kind = keyof typeof KINDS

export function sealRecord(kind: Kind, fields: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION, KINDS[kind], 0, SUITE_ID), packList(fields))
}

/** @throws DecodeError unless `bytes` are a record of this kind with `count` fields. */
export function openRecord(kind: Kind, bytes: Uint8Array, count: number): Uint8Array[] {
  const [version, kindByte, suiteHigh, suiteLow] = bytes
  if (version !== VERSION) throw new DecodeError('saved record: unknown version')
  if (kindByte !== KINDS[kind]) throw new DecodeError(`saved record: not a ${kind}`)
  if (suiteHigh !== 0 || suiteLow !== SUITE_ID) throw new DecodeError('saved record: unknown cipher suite')
  const fields = unpackList(bytes.subarray(4))
  if (fields.length !== count) throw new DecodeError('saved record: wrong number of fields')
  return fields
}

/** Each item behind its length in four bytes. */
export function packList(items: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...items.flatMap((item) => [uint32(item.length), item]))
}

/** @throws DecodeError */
export function unpackList(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const items: Uint8Array[] = []
  for (let offset = 0; offset < bytes.length; ) {
    if (offset + 4 > bytes.length) throw new DecodeError('saved record: cut short')
    const end = offset + 4 + view.getUint32(offset)
    if (end > bytes.length) throw new DecodeError('saved record: cut short')
    items.push(bytes.slice(offset + 4, end))
    offset = end
  }
  return items
}

export function uint32(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

export function uint64(value: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

/** @throws DecodeError */
export function readUint32(bytes: Uint8Array, offset = 0): number {
  if (bytes.length < offset + 4) throw new DecodeError('saved record: cut short')
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset)
}

/** @throws DecodeError */
export function readUint64(bytes: Uint8Array): bigint {
  if (bytes.length !== 8) throw new DecodeError('saved record: not 8 bytes')
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0)
}
