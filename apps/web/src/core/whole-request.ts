/** Of an export or an import what a page cannot give along: the work of Argon2, and a file that can be read in parts. */
import { argon2id, blobSource } from '@veche/history/web'

export function toWholeRequest([request]: readonly unknown[]): unknown[] {
  if (typeof request !== 'object' || request === null) return [request]
  const { source, ...rest } = request as { source?: unknown }
  return [{ ...rest, stretch: argon2id, ...(source instanceof Blob && { source: blobSource(source) }) }]
}
