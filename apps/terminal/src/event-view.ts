/** What `listen` shows of what happens. */
import type { ClientEvent, Request } from '@veche/client'
import { peerOfTitle } from './chat-peer.ts'
import { deviceEventFields, deviceEventText } from './device-view.ts'
import { groupEventFields, groupEventText, groupName } from './group-view.ts'
import { keptFields, keptText } from './kept-view.ts'
import { markEventFields } from './mark-view.ts'
import { messageFields, messageText, personText, type View } from './message-view.ts'
import type { Fields } from './output.ts'
import { oneLine } from './plain-text.ts'
import { answerText, requestFields } from './request-view.ts'
import type { Words } from './words/en.ts'
import { calendarDay, timeOfDay } from './words/language.ts'

/** What is shown on standard output; the connection's ups and downs are told beside it, and what is older comes in silence. */
export type ShownEvent = Exclude<ClientEvent, { type: 'connection' | 'archive' }>

export function eventFields(event: ShownEvent): Fields {
  switch (event.type) {
    case 'message':
      return messageFields(event)
    case 'request':
      return {
        type: event.direction === 'incoming' ? 'request' : 'answer',
        from: event.handle === '' ? null : event.handle,
        ...requestFields(event),
      }
    case 'chat': {
      const { type, chat, with: peer } = event
      const { name } = peerOfTitle(event)
      return { type, chat, from: peer?.handle ?? null, name, account: peer?.account ?? null }
    }
    case 'group':
      return groupEventFields(event)
    case 'keeping': {
      const { type, chat, kept, with: peer } = event
      const title = peer ? { from: peer.handle } : { from: null, name: event.name }
      return { type, chat, ...title, ...keptFields(kept) }
    }
    case 'device':
      return deviceEventFields(event)
    case 'marks':
    case 'delivered':
    case 'read':
    case 'typing':
      return markEventFields(event)
    case 'notice': {
      const { type, notice, chat, seq, detail } = event
      return {
        type,
        notice,
        chat: chat ?? null,
        seq: seq === undefined ? null : Number(seq),
        detail: detail ?? null,
      }
    }
    default:
      return event satisfies never
  }
}

/** Undefined for what people see elsewhere: in the list of chats, at their messages, at the moment it is so. */
export function eventText(event: ShownEvent, view: View): string | undefined {
  const { says } = view.words
  switch (event.type) {
    case 'message':
      return messageText(event, view)
    case 'request':
      return requestText(event, view)
    case 'chat':
      return event.with ? says.chatOpened(personText(event.with)) : says.group.entered(groupName(event))
    case 'group':
      return groupEventText(event, view.words, view.account)
    case 'keeping':
      return keptText(event.kept, event.with ?? { handle: '', name: groupName(event) }, view.words)
    case 'device':
      return deviceEventText(event, view.words)
    case 'marks':
    case 'delivered':
    case 'read':
    case 'typing':
      return undefined
    case 'notice':
      return noticeText(event, view)
    default:
      return event satisfies never
  }
}

/** A message that was not sent says why, where the reason has words of its own. */
function noticeText(
  { notice, by, detail = '' }: ShownEvent & { type: 'notice' },
  { words, language }: View,
): string {
  const { notSent } = words
  if (notice === 'begun-anew') return words.begunAnewOn(calendarDay(language, new Date()))
  if (notice === 'stuck' && by) return words.stuckBy(personText(by))
  return notice === 'not-sent' && isKeyOf(notSent, detail) ? notSent[detail] : words.notices[notice]
}

function isKeyOf<T extends object>(record: T, key: string): key is keyof T & string {
  return Object.hasOwn(record, key)
}

function wishText(
  { group, join, chat }: Request,
  who: string,
  { says }: Words,
  groupOf: View['groupOf'],
): string {
  if (join) return says.group.wantsToJoin(who, (chat && groupOf?.(chat)) ?? chat ?? '')
  return group ? says.group.wantsToAdd(who) : says.wantsToWrite(who)
}

/** Somebody asks, or has answered. */
function requestText(request: Request, { language, words, groupOf }: View): string {
  const time = timeOfDay(language, new Date(request.at))
  if (request.direction === 'outgoing') return `${time}  ${answerText(request, words, groupOf)}`
  const mark = request.changed ? ` (${words.labels.claimed})` : ''
  const who = `${personText(request)}${mark}`
  const ask = `${time}  ${wishText(request, who, words, groupOf)}`
  return `${ask}\n${' '.repeat(time.length + 2)}${words.says.howToAnswer(`@${oneLine(request.handle)}`)}`
}
