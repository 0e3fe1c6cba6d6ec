/**
 * Padding to size buckets, so that the length of a message tells little (attack B9): one byte 0x80 and zeros, up to
 * the next of 256, 512, 1024, … 131072 bytes. The largest holds the longest text, and fits what Append takes.
 */
import { DecodeError } from '@veche/protocol'

const SMALLEST_BYTES = 256
export const LARGEST_BYTES = 131_072

/** @throws RangeError when the text is longer than the largest bucket holds */
export function pad(bytes: Uint8Array): Uint8Array {
  let bucket = SMALLEST_BYTES
  while (bucket < bytes.length + 1) bucket *= 2
  if (bucket > LARGEST_BYTES) throw new RangeError(`at most ${LARGEST_BYTES - 1} bytes can be padded`)
  const padded = new Uint8Array(bucket)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  return padded
}

/** @throws DecodeError for any length or padding that `pad` does not make */
export function unpad(padded: Uint8Array): Uint8Array {
  const { length } = padded
  const isBucket = length >= SMALLEST_BYTES && length <= LARGEST_BYTES && Number.isInteger(Math.log2(length))
  if (!isBucket) throw new DecodeError('padding: not the size of a bucket')
  const end = padded.findLastIndex((byte) => byte !== 0)
  if (padded[end] !== 0x80) throw new DecodeError('padding: its mark is missing')
  if (length > SMALLEST_BYTES && end < length / 2) throw new DecodeError('padding: more than is needed')
  return padded.slice(0, end)
}
