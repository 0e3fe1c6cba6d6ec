/** What stands in the list of messages, from above: days, where the new ones begin, gaps, changes of the group, messages. */
import type { ChatSummary, HistoryGap, Person, ShownMessage } from '@veche/client'
import type { Conversation, GroupNews } from '../state/conversation.ts'
import { nameText } from '../state/shown-text.ts'
import { calendarDay, isSameDay, type Language } from '../words/language.ts'
import type { Words } from '../words/words.ts'
import { nameOf } from './person-name.tsx'

export type Row =
  | {
      readonly kind: 'line'
      readonly key: string
      readonly look: 'day' | 'new' | 'quiet'
      readonly text: string
    }
  | {
      readonly kind: 'message'
      readonly key: string
      readonly message: ShownMessage
      /** The first of a run of one sender. */
      readonly isFirst: boolean
      readonly isFound: boolean
    }

interface RowWords {
  readonly language: Language
  readonly words: Words
  /** The own one. */
  readonly account: Person['account']
}

/** Messages of one sender that are this near make a run. */
const RUN_MS = 10 * 60_000

export function rowsOf(conversation: Conversation, { archive }: ChatSummary, told: RowWords): Row[] {
  const { messages, readUpTo, found, news, hasOlder } = conversation
  const rows: Row[] = []
  const gaps = [...(archive?.gaps ?? [])]
  let previous: ShownMessage | undefined
  let isNewMarked = false
  for (const message of messages) {
    const passed = gaps.filter((gap) => isBefore(gap, message, previous, hasOlder))
    rows.push(...passed.map((gap) => gapRow(gap, told)))
    const isNewDay = previous === undefined || !isSameDay(previous.at, message.at)
    if (isNewDay) rows.push(dayRow(message, told))
    const isNew = message.seq !== undefined && message.seq > readUpTo && message.from.account !== told.account
    if (isNew && !isNewMarked && previous !== undefined) {
      rows.push({ kind: 'line', key: 'new', look: 'new', text: told.words.chats.newHere })
    }
    isNewMarked ||= isNew
    const isFirst = isNewDay || passed.length > 0 || !isRun(previous, message)
    rows.push({ kind: 'message', key: message.id, message, isFirst, isFound: message.id === found })
    rows.push(
      ...news
        .filter(({ after }) => after === message.id)
        .map(({ news: one }, index) => newsRow(one, index, told)),
    )
    previous = message
  }
  const first = news.filter(({ after }) => after === undefined || !messages.some(({ id }) => id === after))
  return messages.length === 0 ? first.map(({ news: one }, index) => newsRow(one, index, told)) : rows
}

function isRun(previous: ShownMessage | undefined, { from, at, replyTo }: ShownMessage): boolean {
  return previous?.from.account === from.account && at - previous.at < RUN_MS && replyTo === undefined
}

/** Whether the gap lies between the message before and this one; above the first only where nothing older is to come. */
function isBefore(
  { last }: HistoryGap,
  { seq }: ShownMessage,
  previous: ShownMessage | undefined,
  hasOlder: boolean,
): boolean {
  if (seq === undefined || last >= seq) return false
  return previous?.seq === undefined ? previous === undefined && !hasOlder : last > previous.seq
}

function gapRow({ count, reason, first }: HistoryGap, { words }: RowWords): Row {
  return { kind: 'line', key: `gap-${first}`, look: 'quiet', text: words.chats.gap(count, reason) }
}

function dayRow({ at, id }: ShownMessage, { language, words }: RowWords): Row {
  const now = Date.now()
  const DAY_MS = 24 * 60 * 60_000
  const today = isSameDay(at, now) ? words.chats.today : undefined
  const text = today ?? (isSameDay(at, now - DAY_MS) ? words.chats.yesterday : calendarDay(language, at))
  return { kind: 'line', key: `day-${id}`, look: 'day', text }
}

function newsRow(news: GroupNews, index: number, told: RowWords): Row {
  return {
    kind: 'line',
    key: `news-${index}-${news.change}-${news.who?.account ?? ''}`,
    look: 'quiet',
    text: newsText(news, told),
  }
}

function newsText(news: GroupNews, { words, account }: RowWords): string {
  const texts = words.chats.news
  const nameIn = (person: Person | undefined) => {
    if (person === undefined) return texts.somebody
    return person.account === account ? texts.you : nameOf(person)
  }
  const by = nameIn(news.by)
  const who = nameIn(news.who)
  switch (news.change) {
    case 'members':
      return texts[news.how ?? 'removed'](who, by)
    case 'roles':
      return texts.role(who, words.group.roles[news.role ?? 'member'], by)
    case 'rights':
      return texts.rights(by)
    case 'profile':
      return texts.profile(nameText(news.name), by)
    case 'opened':
    case 'closed':
      return texts[news.change](by)
    case 'left':
      return texts.left(texts.you)
    default:
      return news.change satisfies never
  }
}
