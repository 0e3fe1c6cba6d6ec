import { gzipSync } from 'node:zlib'
import { type Html, markup } from '../fragments/html.ts'

export type Charset = 'utf-16' | 'utf-8'

/**
 * Measured on panels: level 1 takes a third of the time of level 6 and gives an eighth more. No answer holds a token or
 * any other lasting secret; what lengths may tell of texts (BREACH) is in docs/threat-model.md.
 */
const gzipOptions = { level: 1 }

/** UTF-16 is little-endian with a byte order mark (N19). */
export function encodeText(html: Html, charset: Charset): Buffer {
  const text = markup(html)
  return charset === 'utf-8' ? Buffer.from(text) : Buffer.from(`\ufeff${text}`, 'utf16le')
}

export function gzipped(bytes: Buffer): Buffer {
  return gzipSync(bytes, gzipOptions)
}
