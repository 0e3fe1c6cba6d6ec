/** Which messages stand where in a segment: what a reader knows before it opens a block of them. */
import { create } from '@bufbuild/protobuf'
import { concatBytes, decodeMessage, encodeMessage, MessageId } from '@veche/protocol'
import { SegmentDirectorySchema } from '@veche/protocol/gen/local/v1/history_pb.js'
import { bounds } from './positions.ts'
import { MAX_BLOCK_BYTES } from './sealed-file.ts'

/** Which messages a block holds, and where it is: known without opening it. */
export interface BatchPlace {
  readonly offset: number
  readonly bytes: number
  readonly number: number
  readonly entries: readonly EntryPlace[]
  /** The least and the greatest position in it. */
  readonly first: bigint
  readonly last: bigint
}

interface EntryPlace {
  readonly position: bigint
  readonly messageId: MessageId
}

export function encodeDirectory(places: readonly BatchPlace[]): Uint8Array {
  const blocks = places.map(({ offset, bytes, entries }) => ({
    offset,
    bytes,
    positions: entries.map(({ position }) => position),
    messageIds: concatBytes(...entries.map(({ messageId }) => MessageId.toBytes(messageId))),
  }))
  return encodeMessage(SegmentDirectorySchema, create(SegmentDirectorySchema, { blocks }))
}

/** @throws DecodeError */
export function decodeDirectory(bytes: Uint8Array): BatchPlace[] {
  const { blocks } = decodeMessage(SegmentDirectorySchema, bytes, MAX_BLOCK_BYTES)
  return blocks.map(({ offset, bytes: length, positions, messageIds }, index) => {
    const entries = positions.map((position, at) => ({
      position,
      messageId: MessageId.fromBytes(messageIds.subarray(at * MessageId.bytes, (at + 1) * MessageId.bytes)),
    }))
    return placeOf(entries, offset, length, index + 1)
  })
}

export function placeOf(
  entries: readonly EntryPlace[],
  offset: number,
  bytes: number,
  number: number,
): BatchPlace {
  const places = entries.map(({ position, messageId }) => ({ position, messageId }))
  return { offset, bytes, number, entries: places, ...bounds(entries.map(({ position }) => position)) }
}
