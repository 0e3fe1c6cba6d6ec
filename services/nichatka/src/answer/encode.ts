import { crc32, deflateRawSync } from 'node:zlib'
import { type Html, markup, piecesOf } from '../fragments/html.ts'

export type Charset = 'utf-16' | 'utf-8'

export interface Encoding {
  readonly charset: Charset
  readonly isGzipped: boolean
}

/**
 * Measured on panels: level 2 takes as long as level 1, a third less than level 6, and gives a twentieth more than that. No
 * answer holds a token or any other lasting secret; what lengths may tell of texts (BREACH) is in docs/threat-model.md.
 */
const deflateOptions = { level: 2 }

/** The bytes of an answer. */
export function encode(html: Html, { charset, isGzipped }: Encoding): Buffer {
  const bytes = charset === 'utf-8' ? Buffer.from(markup(html)) : inUtf16(piecesOf(html))
  return isGzipped ? gzip(bytes) : Buffer.from(bytes)
}

/** RFC 1952 section 2.3: deflate, no name, no time, of an unknown system. */
const gzipHead = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])

/** Not `gzipSync`: that sums up as it compresses, which takes a fifth longer than one after the other. */
function gzip(bytes: Buffer): Buffer {
  const end = Buffer.allocUnsafe(8)
  end.writeUInt32LE(crc32(bytes), 0)
  end.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([gzipHead, deflateRawSync(bytes, deflateOptions), end])
}

/** Where texts stand for as long as it takes to compress or copy them: new memory for each would cost more than both. */
let room = Buffer.alloc(0)

/** Little-endian with a byte order mark (N19). Valid until the next one. */
function inUtf16(pieces: readonly string[]): Buffer {
  const chars = pieces.reduce((sum, piece) => sum + piece.length, 1)
  if (2 * chars > room.length) room = Buffer.alloc(4 * chars)
  let end = room.writeUInt16LE(0xfeff, 0)
  for (const piece of pieces) end += room.write(piece, end, 'utf16le')
  return room.subarray(0, end)
}
