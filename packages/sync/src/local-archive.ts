/** How far what is older than this device was read, as the chat's journal keeps it (docs/wire/archive.md). */
import { create } from '@bufbuild/protobuf'
import {
  type Archive,
  type Archived,
  type ArchiveGap,
  ArchiveGapReason,
  ArchiveGapSchema,
  ArchiveSchema,
} from '@veche/protocol/gen/local/v1/chat_pb.js'

const MAX_GAPS = 1000

/** @param from the position by which this device came in, `epoch` the one that began there, `fromHash` hash(from) */
export function newArchive(
  from: bigint,
  epoch: bigint,
  fromHash: Uint8Array,
  { byLink = false } = {},
): Archive {
  return anew(create(ArchiveSchema, { from, epoch, fromHash, byLink }))
}

/** Nothing of it was read. */
export function anew({ from, epoch, fromHash, byLink }: Archive): Archive {
  return create(ArchiveSchema, { from, epoch, fromHash, byLink, reached: from + 1n, logHash: fromHash })
}

export function isUntouched({ reached, from }: Archive): boolean {
  return reached > from
}

export function afterPage(archive: Archive, { reached, logHash, ended, commits, gaps }: Archived): Archive {
  return {
    ...archive,
    reached,
    logHash,
    ended,
    commits: archive.commits + commits,
    gaps: joinGaps([...gaps, ...archive.gaps]),
  }
}

export function isMissingKeys({ gaps }: Archive): boolean {
  return gaps.some(({ reason }) => reason === ArchiveGapReason.NO_KEY)
}

/** Those that follow one another for the same reason are one; where there are too many the oldest are. */
export function joinGaps(ascending: readonly ArchiveGap[]): ArchiveGap[] {
  const joined: ArchiveGap[] = []
  for (const gap of ascending.toReversed()) {
    const after = joined.at(-1)
    const isNext = after && gap.last + 1n === after.first && gap.reason === after.reason
    if (after && (isNext || joined.length === MAX_GAPS)) joined[joined.length - 1] = spanning(gap, after)
    else joined.push(gap)
  }
  return joined.reverse()
}

function spanning({ first, count }: ArchiveGap, after: ArchiveGap): ArchiveGap {
  return create(ArchiveGapSchema, { ...after, first, count: count + after.count })
}
