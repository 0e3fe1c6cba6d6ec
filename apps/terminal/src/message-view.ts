/** A message as programs and as people get it. */
import type { Client, Request, ShownMessage } from '@veche/client'
import { excerpt } from './excerpt.ts'
import { type Gaps, gapText } from './history-gaps.ts'
import type { Fields } from './output.ts'
import { indentRest, oneLine } from './plain-text.ts'
import type { Words } from './words/en.ts'
import { calendarDay, type Language, timeOfDay } from './words/language.ts'

export interface View {
  readonly words: Words
  readonly language: Language
  /** The person's own account. */
  readonly account: string
  /** Where messages of several chats come one after another: the name of the group that one is of. */
  readonly groupOf?: (chat: string) => string | undefined
  /** The messages that those which are shown answer, by id, as far as this device has them. */
  readonly answered?: ReadonlyMap<string, ShownMessage>
  /** What cannot be read, before the message that comes after it. */
  readonly gaps?: ReadonlyMap<string, Gaps>
  /** Whether each message has its number before it. */
  readonly hasNumbers?: boolean
}

/** What `View.answered` is to hold. */
export async function answeredBy(
  client: Pick<Client, 'message'>,
  messages: readonly ShownMessage[],
): Promise<Map<string, ShownMessage>> {
  const known = new Map<string, ShownMessage>(messages.map((message) => [message.id, message]))
  for (const { chat, replyTo } of messages) {
    if (replyTo === undefined || known.has(replyTo)) continue
    const found = await client.message(chat, replyTo)
    if (found) known.set(replyTo, found)
  }
  return known
}

export function messageFields(message: ShownMessage): Fields {
  const { chat, id, seq, from, text, replyTo, mentions, at, state, readBy, reason } = message
  return {
    type: 'message',
    chat,
    from: from.handle,
    name: from.name,
    account: from.account,
    text,
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions && { mentions: mentions.map(({ account }) => account) }),
    id,
    seq: seq === undefined ? null : Number(seq),
    at: new Date(at).toISOString(),
    state,
    ...(readBy !== undefined && { readBy }),
    ...(reason !== undefined && { reason }),
  }
}

/** "11:40  Алиса (@alice): text", or "11:40  «Огород» · Алиса (@alice): text"; further lines of the text stand below its first. */
export function messageText(message: ShownMessage, view: View): string {
  const { words, language } = view
  const time = timeOfDay(language, new Date(message.at))
  const mark = isUnderWay(message) ? ` (${words.labels[message.state]})` : ''
  const who = message.from.account === view.account ? words.labels.you : personText(message.from)
  const group = view.groupOf?.(message.chat)
  const place = group === undefined ? '' : `${words.says.group.named(group)} · `
  const number = view.hasNumbers ? `${`#${message.seq ?? '…'}`.padEnd(6)} ` : ''
  const text = `${answeredText(message, view)}${message.text}`
  return `${number}${time}  ${place}${who}${mark}: ${indentRest(text, number.length + time.length + 2)}`
}

/** What it answers is told in the words of this device's own copy: nobody puts words into another's mouth. */
function answeredText({ replyTo }: ShownMessage, { words, answered, account }: View): string {
  if (replyTo === undefined) return ''
  const original = answered?.get(replyTo)
  if (original === undefined) return `${words.says.answersUnknown}\n`
  const { from, text } = original
  const begins = excerpt(text)
  const isOwn = from.account === account
  return `${isOwn ? words.says.answersYou(begins) : words.says.answers(oneLine(from.name), begins)}\n`
}

function isUnderWay(message: ShownMessage): message is ShownMessage & { state: 'waiting' | 'not-sent' } {
  return message.state === 'waiting' || message.state === 'not-sent'
}

/** The name that a person chose is never shown without the handle, which nobody else can have (attack C11); a group has none. */
export function personText({ handle, name }: Pick<Request, 'handle' | 'name'>): string {
  if (handle === '' && name !== undefined) return oneLine(name)
  return name === undefined ? `@${oneLine(handle)}` : `${oneLine(name)} (@${oneLine(handle)})`
}

/** Messages under the days they came on and what `titleOf` says: a group, or whom the chat is with where they are of several. */
export function conversationText(
  messages: readonly ShownMessage[],
  view: View,
  titleOf: (message: ShownMessage) => string | undefined = () => undefined,
): string {
  const lines: string[] = []
  let heading = ''
  for (const message of messages) {
    const day = calendarDay(view.language, new Date(message.at))
    const title = titleOf(message)
    const next = title === undefined ? day : `${day} · ${title}`
    if (next !== heading) lines.push(heading === '' ? next : `\n${next}`)
    heading = next
    lines.push(...(view.gaps?.get(message.id) ?? []).map((gap) => gapText(gap, view.words)))
    lines.push(messageText(message, view))
  }
  return lines.join('\n')
}
