/**
 * Takes a content coding off, stricter than browsers do. What one decoder reads otherwise than the next is refused: a second
 * gzip member, bytes behind the end, fields in the head.
 */
import { brotliDecompressSync, crc32, inflateRawSync } from 'node:zlib'

const GZIP_HEAD_BYTES = 10
const GZIP_TAIL_BYTES = 8

/**
 * @param coding of Content-Encoding; undefined where there is none
 * @returns undefined where the body is not what the coding says, or longer than `maxBytes` decoded
 */
export function decodeBody(coding: string | undefined, body: Buffer, maxBytes: number): Buffer | undefined {
  try {
    switch (coding) {
      case undefined:
        return body.length > maxBytes ? undefined : body
      case 'br':
        return whole(brotliDecompressSync(body, { info: true, maxOutputLength: maxBytes }), body.length)
      case 'gzip':
        return gunzipped(body, maxBytes)
      default:
        return undefined
    }
  } catch {
    return undefined // zlib says what it is; it is not what was asked for, which is all that matters
  }
}

/** RFC 1952: one member, with nothing in its head but on what kind of machine it was made. */
function gunzipped(body: Buffer, maxBytes: number): Buffer | undefined {
  const isPlainHead = body.readUInt32BE(0) === 0x1f8b0800 && body.readUInt32BE(4) === 0 // flags, time
  const packed = body.subarray(GZIP_HEAD_BYTES)
  if (!isPlainHead || packed.length < GZIP_TAIL_BYTES) return undefined
  const result = inflateRawSync(packed, { info: true, maxOutputLength: Math.max(maxBytes, 1) })
  const content = whole(result, packed.length - GZIP_TAIL_BYTES)
  const tail = packed.subarray(-GZIP_TAIL_BYTES)
  const isRight =
    content && tail.readUInt32LE(0) === crc32(content) && tail.readUInt32LE(4) === content.length
  return isRight ? content : undefined
}

/** What zlib gives back with `info`: the engine has counted what it has read. */
interface Decoded {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

function whole(decoded: unknown, bytes: number): Buffer | undefined {
  const { buffer, engine } = decoded as Decoded
  return engine.bytesWritten === bytes ? buffer : undefined
}
