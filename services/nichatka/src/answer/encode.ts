import { gzipSync } from 'node:zlib'
import { type Html, markup, piecesOf } from '../fragments/html.ts'

export type Charset = 'utf-16' | 'utf-8'

export interface Encoding {
  readonly charset: Charset
  readonly isGzipped: boolean
}

/**
 * Measured on panels: level 1 takes a third of the time of level 6 and gives an eighth more. No answer holds a token or
 * any other lasting secret; what lengths may tell of texts (BREACH) is in docs/threat-model.md.
 */
const gzipOptions = { level: 1 }

/** The bytes of an answer. */
export function encode(html: Html, { charset, isGzipped }: Encoding): Buffer {
  const bytes = charset === 'utf-8' ? Buffer.from(markup(html)) : inUtf16(piecesOf(html))
  return isGzipped ? gzipSync(bytes, gzipOptions) : Buffer.from(bytes)
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
