/** What bounds a search. Each figure that the contract names stands here once. */
import type { BucketRule } from '@veche/service-kit'

/** Typed characters. */
export const MIN_QUERY_CHARACTERS = 2
export const MAX_QUERY_CHARACTERS = 64
/** People in one answer (B6). */
export const MAX_RESULTS = 20
/** People that the index gives for one query, of whom the nearest are chosen. */
export const MAX_CANDIDATES = 200
/** Of the nearest, so many are asked about; some of them may be closed by now, or block the caller. */
export const MAX_ASKED = 2 * MAX_RESULTS

/** Ids in one call, and accounts in one page of the comparison. */
export const MAX_REFRESHED = 500

const MINUTE_MS = 60_000
/** How often the index is compared with accounts, in case a telling was lost. */
export const RECONCILE_MS = 10 * MINUTE_MS
/** How long a comparison that failed waits for the next try. */
export const RECONCILE_RETRY_MS = 5000

/** One account's searches: who types does not meet it, who harvests does (B6). */
export const searchesPerAccount: BucketRule = { name: 'directory search', burst: 30, perSecond: 1 / 10 }
