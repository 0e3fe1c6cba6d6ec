/** What changed in a group, in one quiet line: who did it, and what is so now. */
import type { Person } from '@veche/client'
import type { GroupNews } from './group-state.ts'
import type { Look } from './look.ts'
import { rowText, senderName } from './shown-text.ts'

export function newsText(news: GroupNews, own: Person, look: Look, namesakes: ReadonlySet<string>): string {
  const texts = look.words.screen.news
  const nameOf = (person: Person | undefined) =>
    person === undefined ? '' : senderName(person, own, look, namesakes)
  const by = nameOf(news.by)
  const who = news.who?.account === own.account ? texts.you : nameOf(news.who)
  switch (news.change) {
    case 'members':
      return news.how === 'left' ? texts.left(nameOf(news.who)) : texts[news.how ?? 'removed'](who, by)
    case 'roles':
      return texts.role(who, look.words.screen.roles[news.role ?? 'member'], by)
    case 'rights':
      return texts.rights(by)
    case 'profile':
      return texts.profile(rowText(news.name), by)
    case 'opened':
    case 'closed':
      return texts[news.change](by)
    case 'left': {
      const isOwnWish = news.by === undefined || news.by.account === own.account
      return isOwnWish ? texts.left(nameOf(own)) : texts.removed(texts.you, by)
    }
    default:
      return news.change satisfies never
  }
}
