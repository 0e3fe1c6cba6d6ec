/**
 * The part of one chat's history that is on hand, and where somebody reads in it. A value; reading from the disk is
 * the conductor's.
 *
 * Invariants
 * - `messages` are neighbours: nothing between them is missing. Those that the server does not have stand at the end.
 * - While somebody reads above the end, nothing that comes or is fetched moves what they see: the place is kept by a
 *   message and a row of it, not by a count of rows.
 */
import type { Person, ShownMessage } from '@veche/client'
import type { GroupNews } from './group-state.ts'

export interface Conversation {
  readonly chat: ShownMessage['chat']
  readonly messages: readonly ShownMessage[]
  /** Whether this device has earlier ones, as far as is known. */
  readonly hasOlder: boolean
  /** Whether there are later ones: after a search the messages on hand may be from the middle of the chat. */
  readonly hasNewer: boolean
  /** A page is on its way. */
  readonly isFetching: boolean
  readonly place: ReadingPlace
  /** What stands behind this position was new when the conversation was opened. */
  readonly readUpTo: bigint | undefined
  /** Came from the other while somebody read above. */
  readonly below: number
  /** The one that a search led to. */
  readonly found: ShownMessage['id'] | undefined
  /** The one that what is written answers. */
  readonly answering: ShownMessage | undefined
  /** What messages on hand answer and is not on hand itself; undefined while it is read, and where it is not here. */
  readonly answered: ReadonlyMap<ShownMessage['id'], ShownMessage | undefined>
  /** What changed in the group while it was on show, each after the message that was the last then. */
  readonly news: readonly { readonly after: ShownMessage['id'] | undefined; readonly news: GroupNews }[]
}

/** What stands in the lowest row: the newest message, or row `row` of the message with this id. */
export type ReadingPlace =
  | { readonly kind: 'end' }
  | { readonly kind: 'at'; readonly id: ShownMessage['id']; readonly row: number }

/** How many messages are fetched at once. */
export const pageSize = 100

/** At the end, these are kept on hand; what somebody scrolled through is let go again. */
const keptAtEnd = 3 * pageSize
const keptNews = 100

export function unopened(chat: Conversation['chat'], readUpTo?: bigint): Conversation {
  return {
    chat,
    messages: [],
    hasOlder: false,
    hasNewer: false,
    isFetching: true,
    place: { kind: 'end' },
    readUpTo,
    below: 0,
    found: undefined,
    answering: undefined,
    answered: new Map(),
    news: [],
  }
}

/** Which page came: the newest messages, those before the first on hand, those after the last, or those around one. */
export type PageKind =
  | { readonly kind: 'newest' }
  | { readonly kind: 'older' }
  | { readonly kind: 'newer' }
  | { readonly kind: 'around'; readonly id: ShownMessage['id'] }

export function withPage(
  conversation: Conversation,
  which: PageKind,
  page: readonly ShownMessage[],
): Conversation {
  const fetched = { ...conversation, isFetching: false }
  switch (which.kind) {
    case 'newest':
      return {
        ...fetched,
        messages: page,
        hasOlder: page.length > 0,
        hasNewer: false,
        place: { kind: 'end' },
        below: 0,
      }
    case 'older': {
      const older = page.filter(({ id }) => !conversation.messages.some((known) => known.id === id))
      return { ...fetched, messages: [...older, ...conversation.messages], hasOlder: older.length > 0 }
    }
    case 'newer': {
      const newer = page.filter(({ id }) => !conversation.messages.some((known) => known.id === id))
      const messages = [...conversation.messages, ...newer]
      return { ...fetched, messages, hasNewer: newer.length > 0, place: placeHeld(conversation) }
    }
    case 'around':
      return {
        ...fetched,
        messages: page,
        hasOlder: page.length > 0,
        hasNewer: true,
        place: placeBelow(page, which.id),
        found: which.id,
      }
    default:
      return which satisfies never
  }
}

/** Where somebody reads, though more is put behind it. */
function placeHeld({ messages, place }: Conversation): ReadingPlace {
  const last = messages.at(-1)
  if (place.kind === 'at' || last === undefined) return place
  return { kind: 'at', id: last.id, row: Number.MAX_SAFE_INTEGER }
}

/** So many messages after the one that was found are seen below it. */
const seenBelow = 3

function placeBelow(page: readonly ShownMessage[], id: ShownMessage['id']): ReadingPlace {
  const found = page.findIndex((message) => message.id === id)
  const lowest = page[Math.min(found + seenBelow, page.length - 1)]
  return lowest === undefined ? { kind: 'end' } : { kind: 'at', id: lowest.id, row: Number.MAX_SAFE_INTEGER }
}

/** A message that came, was queued, or has got its place in the log. */
export function withMessage(conversation: Conversation, message: ShownMessage, isOwn: boolean): Conversation {
  const { messages, place, below, hasNewer } = conversation
  const isKnown = messages.some(({ id }) => id === message.id)
  if (hasNewer && !isKnown) return { ...conversation, below: below + (isOwn ? 0 : 1) }
  const others = messages.filter(({ id }) => id !== message.id)
  const waiting = others.filter((other) => !isLogged(other))
  const logged = others.filter(isLogged)
  const isBefore = ({ seq }: ShownMessage) => (seq ?? 0n) < (message.seq ?? 0n)
  const all = !isLogged(message)
    ? [...logged, ...withReplaced(messages, waiting, message)]
    : [...logged.filter(isBefore), message, ...logged.filter((each) => !isBefore(each)), ...waiting]
  const isBelow = place.kind === 'at' && !isKnown && !isOwn
  const kept = place.kind === 'end' ? all.slice(-keptAtEnd) : all
  return {
    ...conversation,
    messages: kept,
    hasOlder: conversation.hasOlder || kept.length < all.length,
    below: below + (isBelow ? 1 : 0),
  }
}

/** A waiting message that is told of again keeps its place in the row. */
function withReplaced(
  before: readonly ShownMessage[],
  waiting: readonly ShownMessage[],
  message: ShownMessage,
): ShownMessage[] {
  if (!before.some(({ id }) => id === message.id)) return [...waiting, message]
  return before.flatMap((each) => (each.id === message.id ? [message] : isLogged(each) ? [] : [each]))
}

/** Whether the server has it. */
function isLogged({ state }: ShownMessage): boolean {
  return state !== 'waiting' && state !== 'not-sent'
}

/** How far a message has come. */
export type ProgressOf = (seq: bigint) => Pick<ShownMessage, 'state' | 'readBy'>

/** How far own messages have come by now. */
export function withProgress(
  conversation: Conversation,
  own: Person['account'],
  progressOf: ProgressOf,
): Conversation {
  const messages = conversation.messages.map((message) => {
    const { seq, from } = message
    return seq === undefined || from.account !== own || !isLogged(message)
      ? message
      : { ...message, ...progressOf(seq) }
  })
  return { ...conversation, messages }
}

/** Something of the group has changed. */
export function withNews(conversation: Conversation, news: GroupNews): Conversation {
  const after = conversation.messages.at(-1)?.id
  return { ...conversation, news: [...conversation.news, { after, news }].slice(-keptNews) }
}

export function isAtEnd({ place, hasNewer }: Conversation): boolean {
  return place.kind === 'end' && !hasNewer
}

/** The position of the newest message of the log that is on hand. */
export function lastSeq({ messages }: Conversation): bigint | undefined {
  return messages.findLast(({ seq }) => seq !== undefined)?.seq
}

export function firstSeq({ messages }: Conversation): bigint | undefined {
  return messages.find(({ seq }) => seq !== undefined)?.seq
}

/** The message that one answers; undefined where this device does not have it. */
export function answeredBy(
  { messages, answered }: Conversation,
  id: ShownMessage['id'],
): ShownMessage | undefined {
  return messages.find((each) => each.id === id) ?? answered.get(id)
}
