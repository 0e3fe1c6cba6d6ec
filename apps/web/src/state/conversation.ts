/**
 * The part of one chat's history that is on hand: a window into it that grows on the side somebody reads towards and is cut on
 * the other, so that the page never holds a whole history.
 *
 * Invariant: `messages` are neighbours, nothing between them is missing; those that the server does not have stand at the end,
 * and only where `hasNewer` is false.
 */
import type { ClientEvent, ShownMessage } from '@veche/client'

export type GroupNews = Extract<ClientEvent, { type: 'group' }>

export interface Conversation {
  readonly messages: readonly ShownMessage[]
  /** Whether there may be earlier ones than those on hand. */
  readonly hasOlder: boolean
  /** Whether there are later ones. */
  readonly hasNewer: boolean
  /** Which page is on its way. */
  readonly fetching: 'first' | 'older' | 'newer' | undefined
  /** What stands behind this position was new when the conversation was opened. */
  readonly readUpTo: bigint
  /** The one that a jump led to. */
  readonly found: ShownMessage['id'] | undefined
  /** What changed in the group while it was on show, each after the message that was the last then. */
  readonly news: readonly { readonly after: ShownMessage['id'] | undefined; readonly news: GroupNews }[]
}

/** How many messages are fetched at once. */
export const PAGE = 60
/** At most so many are on hand. */
export const ON_HAND = 4 * PAGE
const KEPT_NEWS = 50

export function unopened(readUpTo: bigint): Conversation {
  return {
    messages: [],
    hasOlder: false,
    hasNewer: false,
    fetching: 'first',
    readUpTo,
    found: undefined,
    news: [],
  }
}

/**
 * The newest ones as they are now. Who follows them at the end keeps the last of them; who reads further up keeps what is
 * there, and what is too many then is left to be fetched.
 */
export function withNewest(
  conversation: Conversation,
  page: readonly ShownMessage[],
  { isWhole, isAtEnd }: { readonly isWhole: boolean; readonly isAtEnd: boolean },
): Conversation {
  const kept = isAtEnd ? page.slice(-ON_HAND) : page.slice(0, ON_HAND)
  const isCut = kept.length < page.length
  return {
    ...conversation,
    messages: reused(conversation.messages, kept),
    hasNewer: isCut && !isAtEnd,
    hasOlder: conversation.hasOlder || !isWhole || (isCut && isAtEnd),
    fetching: undefined,
  }
}

export function withOlder(
  conversation: Conversation,
  page: readonly ShownMessage[],
  hasOlder: boolean,
): Conversation {
  const known = new Set(conversation.messages.map(({ id }) => id))
  const all = [...page.filter(({ id }) => !known.has(id)), ...conversation.messages]
  const messages = all.slice(0, Math.max(ON_HAND, page.length))
  const hasNewer = conversation.hasNewer || messages.length < all.length
  return { ...conversation, messages, hasOlder, hasNewer, fetching: undefined }
}

export function withNewer(
  conversation: Conversation,
  page: readonly ShownMessage[],
  hasNewer: boolean,
): Conversation {
  const known = new Set(conversation.messages.map(({ id }) => id))
  const all = [...conversation.messages, ...page.filter(({ id }) => !known.has(id))]
  const messages = all.slice(-Math.max(ON_HAND, page.length))
  const hasOlder = conversation.hasOlder || messages.length < all.length
  return { ...conversation, messages, hasOlder, hasNewer, fetching: undefined }
}

/** Something of the group has changed. */
export function withNews(conversation: Conversation, news: GroupNews): Conversation {
  const after = conversation.messages.at(-1)?.id
  return { ...conversation, news: [...conversation.news, { after, news }].slice(-KEPT_NEWS) }
}

/** The position of the newest message of the log that is on hand. */
export function lastSeq({ messages }: Conversation): bigint | undefined {
  return messages.findLast(({ seq }) => seq !== undefined)?.seq
}

export function firstSeq({ messages }: Conversation): bigint | undefined {
  return messages.find(({ seq }) => seq !== undefined)?.seq
}

/** What has not changed stays the same object, so that its row is not drawn anew. */
function reused(before: readonly ShownMessage[], now: readonly ShownMessage[]): readonly ShownMessage[] {
  const known = new Map(before.map((message) => [message.id, message]))
  return now.map((message) => {
    const old = known.get(message.id)
    return old !== undefined && isSame(old, message) ? old : message
  })
}

function isSame(one: ShownMessage, other: ShownMessage): boolean {
  return (
    one.seq === other.seq &&
    one.state === other.state &&
    one.readBy === other.readBy &&
    one.reason === other.reason &&
    one.from.name === other.from.name
  )
}
