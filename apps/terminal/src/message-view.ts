/** A message as programs and as people get it. */
import type { Request, ShownMessage } from '@veche/client'
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
}

export function messageFields(message: ShownMessage): Fields {
  const { chat, id, seq, from, text, at, state, reason } = message
  return {
    type: 'message',
    chat,
    from: from.handle,
    name: from.name,
    account: from.account,
    text,
    id,
    seq: seq === undefined ? null : Number(seq),
    at: new Date(at).toISOString(),
    state,
    ...(reason !== undefined && { reason }),
  }
}

/** "11:40  Алиса (@alice): text", or "11:40  «Огород» · Алиса (@alice): text"; further lines of the text stand below its first. */
export function messageText(message: ShownMessage, view: View): string {
  const { words, language } = view
  const time = timeOfDay(language, new Date(message.at))
  const mark = message.state === 'sent' ? '' : ` (${words.labels[message.state]})`
  const who = message.from.account === view.account ? words.labels.you : personText(message.from)
  const group = view.groupOf?.(message.chat)
  const place = group === undefined ? '' : `${words.says.group.named(group)} · `
  return `${time}  ${place}${who}${mark}: ${indentRest(message.text, time.length + 2)}`
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
    lines.push(messageText(message, view))
  }
  return lines.join('\n')
}
