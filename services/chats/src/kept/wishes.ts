/**
 * Whether a chat's history is kept on the server (M15, M22): that of a private chat only while both accounts wish it, that
 * of a group as those with the right have said last. A value and its changes; what is kept again is kept from the next
 * entry on.
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
  const { unkeptBy } = wishes
  if (unkeptBy.includes(account) === !kept) return undefined
  const others = unkeptBy.filter((other) => other !== account)
  return changed(wishes, kept ? others : [...others, account], head)
}

/** What one account with the right says for a whole group; as `withWish`. */
export function withDecision(
  wishes: Wishes,
  account: AccountId,
  kept: boolean,
  head: bigint,
): Wishes | undefined {
  return isKept(wishes) === kept ? undefined : changed(wishes, kept ? [] : [account], head)
}

function changed({ revision, sweepUntil }: Wishes, unkeptBy: readonly AccountId[], head: bigint): Wishes {
  return { unkeptBy, revision: revision + 1n, sweepUntil: isKept({ unkeptBy }) ? head : sweepUntil }
}
