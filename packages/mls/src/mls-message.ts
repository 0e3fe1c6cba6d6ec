/**
 * Decoding of MLS structures from outside. The engine's decoder accepts trailing bytes and non-minimal lengths and
 * fails in several ways; here there is one spelling and one error.
 */
import { DecodeError, equalBytes } from '@veche/protocol'
import type { MLSMessage } from 'ts-mls'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'

/** A handshake or a GroupInfo of a full group. */
export const MAX_HANDSHAKE_BYTES = 2 * 1024 * 1024
export const MAX_APPLICATION_BYTES = 256 * 1024
export const MAX_KEY_PACKAGE_BYTES = 16 * 1024

type Wireformat = MLSMessage['wireformat']
type MessageOf<Format extends Wireformat> = Extract<MLSMessage, { wireformat: Format }>

/** Decodes an MLSMessage (RFC 9420 section 6) that must be of one kind. @throws DecodeError */
export function decodeMessageOf<Format extends Wireformat>(
  format: Format,
  bytes: Uint8Array,
  maxBytes: number,
): MessageOf<Format> {
  const message = decodeAnyMessage(bytes, maxBytes)
  if (message.wireformat !== format) throw new DecodeError(`MLS message: not ${format}`)
  return message as MessageOf<Format>
}

/** @throws DecodeError unless `bytes` are the one encoding of an MLSMessage. */
export function decodeAnyMessage(bytes: Uint8Array, maxBytes: number): MLSMessage {
  if (bytes.length > maxBytes) {
    throw new DecodeError(`MLS message: ${bytes.length} bytes, at most ${maxBytes}`)
  }
  return mapDecodeErrors('MLS message', () => {
    const message = decodeMlsMessage(bytes, 0)?.[0]
    return message && equalBytes(encodeMlsMessage(message), bytes) ? message : undefined
  })
}

/** Runs an engine decoder; whatever way it fails, the error is a DecodeError. */
export function mapDecodeErrors<T>(what: string, decode: () => T | undefined): T {
  let value: T | undefined
  try {
    value = decode()
  } catch (cause) {
    throw new DecodeError(`${what}: malformed`, { cause })
  }
  if (value === undefined) throw new DecodeError(`${what}: malformed`)
  return value
}
