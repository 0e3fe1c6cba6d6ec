/**
 * Answering messages: which one is to be answered, and those that the messages on show answer. These may be far from what
 * is on hand; each is read once, and shown from this device's own copy.
 */
import type { ShownMessage } from '@veche/client'
import { selectedChat } from './chat-list.ts'
import { isWritable } from './chat-standing.ts'
import type { Conversation } from './conversation.ts'
import { scrollToEnd } from './reading.ts'
import { type Step, step, type Talk } from './talk-state.ts'

type MessageId = ShownMessage['id']

/** So many messages are seen below the one that is to be answered. */
const seenBelow = 2

/** Chooses what to answer: first the newest message of another, then with each call the one before. */
export function answerEarlier(talk: Talk): Step {
  const { conversation, account } = talk
  const chat = selectedChat(talk)
  if (conversation === undefined || chat === undefined || !isWritable(chat)) return step(talk)
  const { messages, answering } = conversation
  const end = messages.findIndex(({ id }) => id === answering?.id)
  const others = messages.slice(0, end < 0 ? undefined : end).filter((each) => isAnswerable(each, account))
  const next = others.at(-1)
  if (next === undefined) return step(talk)
  const index = messages.indexOf(next)
  const lowest = messages[index + seenBelow]
  const place =
    lowest === undefined
      ? conversation.place
      : ({ kind: 'at', id: lowest.id, row: Number.MAX_SAFE_INTEGER } as const)
  return step({ ...talk, conversation: { ...conversation, answering: next, place } })
}

function isAnswerable({ from, state }: ShownMessage, own: Talk['account']): boolean {
  return from.account !== own.account && state === 'sent'
}

/** Undefined where nothing was to be answered. */
export function stopAnswering(talk: Talk): Step | undefined {
  const { conversation } = talk
  if (conversation?.answering === undefined) return undefined
  return scrollToEnd({ ...talk, conversation: { ...conversation, answering: undefined } })
}

/** What the messages on hand answer is read, once each. */
export function answeredNeeded(talk: Talk): Step {
  const { conversation } = talk
  if (conversation === undefined) return step(talk)
  const ids = conversation.messages.flatMap(({ replyTo }) => replyTo ?? [])
  const unknown = [...new Set(ids)].filter(
    (id) => !conversation.answered.has(id) && !isOnHand(conversation, id),
  )
  if (unknown.length === 0) return step(talk)
  const answered = new Map([...conversation.answered, ...unknown.map((id) => [id, undefined] as const)])
  const { chat } = conversation
  return step(
    { ...talk, conversation: { ...conversation, answered } },
    { kind: 'read-answered', chat, ids: unknown },
  )
}

function isOnHand({ messages }: Conversation, id: MessageId): boolean {
  return messages.some((each) => each.id === id)
}
