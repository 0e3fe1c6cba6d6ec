/** Who is offered for a group besides the handle that is written: contacts first, then who was found. */
import type { Person } from '@veche/client'
import type { AddPeople } from './group-state.ts'
import type { Talk } from './talk-state.ts'

export function offered(talk: Talk, { field, found, chat }: AddPeople): Person[] {
  const sought = field.text.trim().replace(/^@/, '').toLowerCase()
  const inGroup = new Set(talk.group?.chat === chat ? talk.group.members.map(({ account }) => account) : [])
  const contacts = talk.chats
    .flatMap((each) =>
      each.type === 'private' && each.state === 'open' && each.binding === 'bound' ? [each.with] : [],
    )
    .filter(({ handle, name }) => `${handle} ${name}`.toLowerCase().includes(sought))
  const known = new Set(contacts.map(({ account }) => account))
  const others = (found ?? []).filter(
    ({ account }) => !known.has(account) && account !== talk.account.account,
  )
  return [...contacts, ...others].filter(({ account }) => !inGroup.has(account))
}
