/** What became of the entries of a page of the archive. */
import { create } from '@bufbuild/protobuf'
import type { HistoryEntry } from '@veche/history'
import { type ArchivedEntry, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  type Archive,
  type ArchiveGap,
  ArchiveGapReason,
  ArchiveGapSchema,
} from '@veche/protocol/gen/local/v1/chat_pb.js'
import { joinGaps } from './local-archive.ts'

/** Of each entry: the message; why it cannot be read; or that it is none. */
export type Outcome = HistoryEntry | ArchiveGapReason | 'commit'

export function outcomesOf(
  entries: readonly ArchivedEntry[],
  read: (entry: ArchivedEntry) => Promise<HistoryEntry | ArchiveGapReason>,
): Promise<Outcome[]> {
  return Promise.all(
    entries.map(async (entry) => {
      if (entry.kind === EntryKind.COMMIT) return 'commit'
      return entry.kind === EntryKind.REMOVED ? ArchiveGapReason.REMOVED : read(entry)
    }),
  )
}

/**
 * Each commit begins one epoch, and a message is never of a later epoch than the one it stands in: so above a message of
 * epoch e there are at most as many commits as epochs after e. A message that is passed off as a commit, of which the hash
 * alone is shown, is one too many.
 */
export function areCommitsPossible(
  { epoch, commits }: Archive,
  outcomes: readonly Outcome[],
  epochs: readonly bigint[],
): boolean {
  let count = BigInt(commits)
  for (const [index, outcome] of [...outcomes.entries()].reverse()) {
    if (outcome === 'commit') count++
    const least = typeof outcome === 'object' ? epochs[index]! : 0n
    if (count > epoch - least) return false
  }
  return true
}

/** A gap reaches over the commits beside it, so that one that goes on in another page is seen to. @param first position */
export function gapsIn(first: bigint, outcomes: readonly Outcome[]): ArchiveGap[] {
  const gaps = outcomes.flatMap((reason, index) => {
    if (typeof reason !== 'number') return []
    const before = outcomes.findLastIndex((other, at) => at < index && other !== 'commit')
    const isLast = outcomes.every((other, at) => at <= index || other === 'commit')
    const last = isLast ? outcomes.length - 1 : index
    return create(ArchiveGapSchema, {
      first: first + BigInt(before + 1),
      last: first + BigInt(last),
      count: 1,
      reason,
    })
  })
  return joinGaps(gaps)
}
