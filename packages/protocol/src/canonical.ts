/**
 * Canonical protobuf: for bytes that are signed or hashed. protobuf-es writes fields in ascending order, so the
 * canonical form of a message is what it writes, and what comes from outside is compared with that.
 */
import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { equalBytes } from './bytes.ts'
import { DecodeError } from './decode-error.ts'

/**
 * Decodes a message and refuses any other spelling of it: unknown fields, another field order, non-minimal
 * lengths, explicit defaults, trailing bytes.
 * @param maxBytes checked before anything is parsed
 * @throws DecodeError
 */
export function decodeCanonical<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
  maxBytes: number,
): MessageShape<Desc> {
  const message = decodeMessage(schema, bytes, maxBytes)
  if (!equalBytes(toBinary(schema, message, { writeUnknownFields: false }), bytes)) {
    throw new DecodeError(`${schema.typeName}: not in canonical form`)
  }
  return message
}

/**
 * Decodes a message that need not be canonical.
 * @throws DecodeError
 */
export function decodeMessage<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
  maxBytes: number,
): MessageShape<Desc> {
  if (bytes.length > maxBytes)
    throw new DecodeError(`${schema.typeName}: ${bytes.length} bytes, at most ${maxBytes}`)
  try {
    return fromBinary(schema, bytes)
  } catch (cause) {
    throw new DecodeError(`${schema.typeName}: malformed`, { cause })
  }
}

export { toBinary as encodeMessage }
