/** Groups as people get them: a name always in quotes, so that it cannot be taken for a person's (attack C11). */
import type { ChatSummary, ClientEvent, GroupChat, RightName, RightsView } from '@veche/client'
import { columns } from './columns.ts'
import { personText } from './message-view.ts'
import type { Fields } from './output.ts'
import { oneLine } from './plain-text.ts'
import type { Words } from './words/en.ts'

/** Where the name cannot be read, the id stands in its place. */
export function groupName({ name, chat }: Pick<GroupChat, 'name' | 'chat'>): string {
  return oneLine(name) || chat
}

/** The names of the groups among the chats, by id. */
export function groupNames(chats: readonly ChatSummary[]): Map<string, string> {
  return new Map(chats.flatMap((chat) => (chat.type === 'group' ? [[chat.chat, groupName(chat)]] : [])))
}

/** Rights as they are written on the command line. */
export const rightNames = {
  write: 'write',
  invite: 'invite',
  add: 'add',
  remove: 'remove',
  rename: 'rename',
  'keep-history': 'keepHistory',
  'joiner-role': 'joinerRole',
} as const satisfies Record<string, RightName>

export function rightsText(name: string, rights: RightsView, { roles, says }: Words): string {
  const rows = Object.entries(rightNames).map(([written, right]) => {
    const role = rights[right]
    return [
      written,
      says.group.rights[right],
      right === 'joinerRole' ? roles[role] : says.group.atLeast[role],
    ]
  })
  return `${says.group.rightsOf(name)}\n${columns(rows, 2)}`
}

export function rightText(name: string, right: RightName, role: RightsView[RightName], words: Words): string {
  const { roles, says } = words
  const who = right === 'joinerRole' ? roles[role] : says.group.atLeast[role]
  return `${says.group.rightsOf(name)}\n${columns([[says.group.rights[right], who]], 2)}`
}

type GroupEvent = Extract<ClientEvent, { type: 'group' }>

export function groupEventFields({ type, chat, name, change, how, who, role, by }: GroupEvent): Fields {
  return {
    type,
    chat,
    name,
    change,
    how: how ?? null,
    who: who?.handle ?? null,
    account: who?.account ?? null,
    role: role ?? null,
    by: by?.handle ?? null,
  }
}

/** @param own the person's account */
export function groupEventText(event: GroupEvent, { roles, says, labels }: Words, own: string): string {
  const { news } = says.group
  const name = groupName(event)
  const [who, by] = [event.who, event.by].map((person) => {
    if (person === undefined) return ''
    return person.account === own ? labels.you : personText(person)
  }) as [string, string]
  switch (event.change) {
    case 'members':
      return event.how === 'left' ? news.left(name, who) : news[event.how ?? 'removed'](name, who, by)
    case 'roles':
      return news.role(name, who, roles[event.role ?? 'reader'], by)
    case 'rights':
      return news.rights(name, by)
    case 'profile':
      return news.profile(name, by)
    case 'opened':
    case 'closed':
      return news[event.change](name, by)
    case 'left':
      return event.by?.account === own ? says.group.left(name) : news.gone(name, by)
    default:
      return event.change satisfies never
  }
}
