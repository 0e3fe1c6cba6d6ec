/** What this device holds of its chats' messages: those of the log, and those that wait for the server. */
import { type HistoryEntry, textMatches } from '@veche/history'
import type { MessageId } from '@veche/protocol'
import type { Chat } from '@veche/sync'
import { type ShownMessage, toShownEntry, toShownOutbox } from './chat-views.ts'
import type { Person } from './person.ts'

/** The last `limit` of one chat, oldest first; those of the log before `before`, when it is given. */
export async function readLast(
  chat: Chat,
  own: Person,
  limit: number,
  before?: bigint,
): Promise<ShownMessage[]> {
  const { logged, waiting } = shown(chat, own, await chat.messages.read(limit, before))
  return before === undefined ? [...logged, ...waiting].slice(-limit) : logged
}

/** One message, of the log or waiting. */
export async function readOne(chat: Chat, own: Person, id: MessageId): Promise<ShownMessage | undefined> {
  const entry = await chat.messages.find(id)
  if (entry) return toShownEntry(entry, chat.state, own)
  return toShownOutbox(chat.state, own).find((message) => message.id === id)
}

/** Chats whose newest match is looked for side by side. */
const AT_ONCE = 8

/**
 * Those of all chats whose text contains `text` (see `textMatches`), each as soon as no chat can have a newer one:
 * newest first by the senders' clocks, as far as these agree with the order in each chat. Of a chat no more is
 * read than is taken.
 */
export async function* searchAll(
  chats: Iterable<Chat>,
  own: Person,
  text: string,
): AsyncGenerator<ShownMessage> {
  const heads: Head[] = []
  const searches = [...chats].map((chat) => searchOne(chat, own, text))
  for (let start = 0; start < searches.length; start += AT_ONCE) {
    const some = searches.slice(start, start + AT_ONCE).map((rest) => nextOf(rest))
    heads.push(...(await Promise.all(some)).flat())
  }
  for (;;) {
    const newest = heads.reduce<Head | undefined>((best, head) => later(best, head), undefined)
    if (newest === undefined) return
    yield newest.message
    heads.splice(heads.indexOf(newest), 1, ...(await nextOf(newest.rest)))
  }
}

/** What waits for the server is newer than what the log has. */
async function* searchOne(chat: Chat, own: Person, text: string): AsyncGenerator<ShownMessage> {
  const waiting = toShownOutbox(chat.state, own).filter((message) => textMatches(message.text, text))
  yield* waiting.toReversed()
  const ids = new Set(waiting.map(({ id }) => id))
  for await (const entry of chat.messages.search(text)) {
    const message = toShownEntry(entry, chat.state, own)
    if (message !== undefined && !ids.has(message.id)) yield message
  }
}

/** The newest message of a chat that was not taken yet, and those behind it. */
interface Head {
  readonly message: ShownMessage
  readonly rest: AsyncGenerator<ShownMessage>
}

async function nextOf(rest: AsyncGenerator<ShownMessage>): Promise<Head[]> {
  const next = await rest.next()
  return next.done ? [] : [{ message: next.value, rest }]
}

function later(one: Head | undefined, other: Head): Head {
  return one !== undefined && one.message.at >= other.message.at ? one : other
}

/** A message that has just come back in the log may be in the outbox, too: it is shown once. */
function shown({ state }: Chat, own: Person, entries: readonly HistoryEntry[]) {
  const logged = entries.flatMap((entry) => toShownEntry(entry, state, own) ?? [])
  const ids = new Set(logged.map(({ id }) => id))
  return { logged, waiting: toShownOutbox(state, own).filter(({ id }) => !ids.has(id)) }
}
