/** What bounds a chat, a request and a stream. Each figure that the contract names stands here once. */
import { type BucketRule, Code, type RateLimiter, RpcError } from '@veche/service-kit'

const KIB = 1024
const MIB = 1024 * KIB
const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

/** An application message: MLSMessage, content and wrapped key together. */
export const MAX_APPLICATION_BYTES = 256 * KIB
/** A commit with its Welcome. */
export const MAX_HANDSHAKE_BYTES = 2 * MIB
/** Length of a wrapped content key, where there is one. */
export const WRAPPED_KEY_BYTES = 60
/** With a group's profile key goes the member key of each live invite. */
export const INVITE_KEY_BYTES = 32
/** A group's profile, encrypted. */
export const MAX_PROFILE_BYTES = 16 * KIB
/** Of a group that can be searched for. */
export const MAX_GROUP_NAME_CHARACTERS = 64
export const MAX_GROUP_DESCRIPTION_CHARACTERS = 500

/** As a group's state holds at most. */
export const MAX_INVITES = 64
/** For how long an invite is good, and for how many accounts. */
export const MIN_INVITE_LASTS_MS = BigInt(MINUTE_MS)
export const DEFAULT_INVITE_LASTS_MS = BigInt(7 * DAY_MS)
export const MAX_INVITE_LASTS_MS = BigInt(90 * DAY_MS)
export const MAX_INVITE_USES = 1000
/** Of an invite with history: what the commit brings by which it begins to live, and what each later one adds. */
export const MAX_FIRST_HISTORY_PAGE_BYTES = 256 * KIB
export const MAX_HISTORY_PAGE_BYTES = 256
/** Pages in one answer, beside their bytes. */
export const MAX_HISTORY_PAGES = 2000
/** That of an open group is good until the group is closed: a hundred years, and as many accounts as a column counts. */
export const OPEN_INVITE_LASTS_MS = BigInt(36_525 * DAY_MS)
export const OPEN_INVITE_USES = 2 ** 31 - 1
/** Of who asks by a link; and how many one commit lets in. */
export const MAX_JOIN_REQUEST_BYTES = 8 * KIB
export const MAX_ADMISSIONS = 64
/** An application message may be this many epochs behind the chat (A13). */
export const MAX_EPOCHS_BEHIND = 2n

/** What may wait for the append writer; more is refused with a retry time. */
export const MAX_WAITING_ENTRIES = 4096
export const MAX_WAITING_BYTES = 32 * MIB
/** What one transaction of the append writer takes at most. */
export const MAX_BATCH_ENTRIES = 512
export const MAX_BATCH_BYTES = 4 * MIB

/** One event of a stream, and one answer of ListEntries, unless a single entry is larger. */
export const MAX_CHUNK_BYTES = MIB
export const MAX_LIST_ENTRIES = 500
export const DEFAULT_LIST_ENTRIES = 100
/** Of the archive. */
export const MAX_ARCHIVE_ENTRIES = 200
export const DEFAULT_ARCHIVE_ENTRIES = 100
/** Devices in one ListSenders. */
export const MAX_SENDERS = 200
export const MAX_INBOX_CHUNK_ITEMS = 100
/** What waits in memory for one live stream; past it the stream goes on from PostgreSQL. */
export const MAX_QUEUED_ENTRIES = 256
export const MAX_QUEUED_BYTES = MIB
/** How much may pass a reader that takes nothing at all, before it loses its stream. */
export const MAX_MISSED_ENTRIES = 4096
export const MAX_MISSED_BYTES = 16 * MIB
export const HEARTBEAT_MS = 20 * SECOND_MS
/** How often the heads of subscribed chats are compared with PostgreSQL, in case a wake-up was lost. */
export const RECONCILE_MS = 30 * SECOND_MS
/** Positions in one Subscribe or Acknowledge. */
export const MAX_NAMED_CHATS = 10_000

/** How often what is not kept is looked for, and what one transaction of it takes. */
export const SWEEP_MS = MINUTE_MS
export const SWEEP_BATCH_ENTRIES = 500n
export const SWEEP_BATCH_CHATS = 100
/** The least time between two VACUUMs after removals. */
export const VACUUM_MS = 60 * MINUTE_MS

/** An own mark, and a read mark or signal. */
export const MAX_OWN_MARK_BYTES = KIB
export const MAX_SIGNAL_BYTES = 512
export const MAX_LIST_MARKS = 500
/** In a chat of more members read marks and signals are dropped. */
export const MAX_SIGNAL_MEMBERS = 100
/** Read marks and signals that wait in memory for one stream; more are dropped. */
export const MAX_QUEUED_SIGNALS = 256
/** The newest read marks that one stream begins with. */
export const MAX_MISSED_READ_MARKS = 2000

/** Requests of one account that are pending, or allowed and not yet chats. */
export const MAX_OPEN_REQUESTS = 100
export const GRANT_LASTS_MS = 10 * MINUTE_MS

/** One account's requests: as many as it may have open at once, then one more each five minutes (B6). */
export const requestsPerAccount: BucketRule = { name: 'chats request', burst: 100, perSecond: 1 / 300 }
/** One account's new groups: a hundred at once, then one more each five minutes. */
export const groupsPerAccount: BucketRule = { name: 'chats group', burst: 100, perSecond: 1 / 300 }
/** One account's wishes to leave groups: each is told to every device in the group. */
export const leavesPerAccount: BucketRule = { name: 'chats leave', burst: 30, perSecond: 1 / 60 }
/** One device's wishes to be replaced, in as many chats as it has: each is told to every device in the chat. */
export const replacementsPerDevice: BucketRule = { name: 'chats replacement', burst: 300, perSecond: 1 / 12 }
/** One device's resets of chats: each is told to every device in the chat. */
export const resetsPerDevice: BucketRule = { name: 'chats reset', burst: 30, perSecond: 1 / 120 }
/** One account's looks at invites: each may be as large as a commit. */
export const inviteFetchesPerAccount: BucketRule = { name: 'chats invite', burst: 60, perSecond: 1 / 20 }
/** One account's changes of what is kept: each is told to every device in the chat. */
export const keptChangesPerAccount: BucketRule = { name: 'chats kept', burst: 30, perSecond: 1 / 60 }
/** As a commit holds. */
export const MAX_REPLACEMENTS = 64
/** One account's own marks, and its read marks: it may come to many chats at once. */
export const ownMarksPerAccount: BucketRule = { name: 'chats own mark', burst: 300, perSecond: 2 }
export const readMarksPerAccount: BucketRule = { name: 'chats read mark', burst: 300, perSecond: 2 }
/** One account's signals of the moment. */
export const signalsPerAccount: BucketRule = { name: 'chats signal', burst: 30, perSecond: 1 }
/** One account's pages of archives, and its questions who wrote there: 40,000 messages at once, then 2,000 a second. */
export const archivePagesPerAccount: BucketRule = { name: 'chats archive', burst: 200, perSecond: 10 }
/** One device's entries. */
export const appendsPerDevice: BucketRule = { name: 'chats append', burst: 600, perSecond: 50 }

/** @throws RpcError RESOURCE_EXHAUSTED too_many_calls, or another reason */
export async function ensureWithin(
  limiter: RateLimiter,
  rule: BucketRule,
  key: string,
  reason = 'too_many_calls',
): Promise<void> {
  const { retryAfterMs } = await limiter.take(rule, key)
  if (retryAfterMs > 0) throw new RpcError(Code.ResourceExhausted, reason, { retryAfterMs })
}
