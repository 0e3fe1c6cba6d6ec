/**
 * Whether a private chat's history is kept on the server: only while both accounts wish it (M15, M22). A value and
 * its one change; what is kept again is kept from the next entry on.
 */
import type { AccountId } from '@veche/protocol'

export interface Wishes {
  /** The accounts that do not wish it. */
  readonly unkeptBy: readonly AccountId[]
  /** Grows with each change. */
  readonly revision: bigint
  /** Entries up to here are to be removed, whatever is wished later. */
  readonly sweepUntil: bigint
}

export function isKept({ unkeptBy }: Pick<Wishes, 'unkeptBy'>): boolean {
  return unkeptBy.length === 0
}

/** @param head of the log. @returns undefined when the account wishes that already */
export function withWish(
  wishes: Wishes,
  account: AccountId,
  kept: boolean,
  head: bigint,
): Wishes | undefined {
  const { unkeptBy, revision, sweepUntil } = wishes
  if (unkeptBy.includes(account) === !kept) return undefined
  const others = unkeptBy.filter((other) => other !== account)
  const next = kept ? others : [...others, account]
  return {
    unkeptBy: next,
    revision: revision + 1n,
    sweepUntil: next.length === 0 ? head : sweepUntil,
  }
}
