/** Going to the places of a group, and what the answers of the conductor make of them. */
import { selectedChat } from './chat-list.ts'
import {
  type AddPeople,
  type GroupForm,
  type GroupFormRow,
  type GroupHappening,
  type GroupId,
  isLeader,
  may,
  type PeoplePlace,
} from './group-state.ts'
import { onLinksHappening } from './links-keys.ts'
import { openSelected, select } from './reading.ts'
import { follow, type Step, step, type Talk } from './talk-state.ts'
import { emptyField, insertInLine } from './text-field.ts'

export const newGroupForm: GroupForm = {
  kind: 'group-form',
  chat: undefined,
  name: emptyField,
  description: emptyField,
  announce: false,
  at: 'name',
  isBusy: false,
  told: undefined,
}

export function formOf(talk: Talk, chat: GroupId): GroupForm {
  const item = talk.chats.find((each) => each.chat === chat)
  const [name, description] = item?.type === 'group' ? [item.name, item.description] : ['', '']
  const form = {
    ...newGroupForm,
    chat,
    name: insertInLine(emptyField, name),
    description: insertInLine(emptyField, description),
    announce: isAnnounced(talk),
  }
  return { ...form, at: formRows(talk, form)[0]! }
}

/** What one's own role allows to change. */
export function formRows({ group }: Pick<Talk, 'group'>, { chat }: GroupForm): GroupFormRow[] {
  const canRename = chat === undefined || (group !== undefined && may(group, 'rename'))
  const canSayWho = chat === undefined || (group !== undefined && isLeader(group))
  return [
    ...(canRename ? (['name', 'description'] as const) : []),
    ...(canSayWho ? (['all', 'admins'] as const) : []),
    'button',
  ]
}

/** Whether only those who lead the group on show write in it. */
export function isAnnounced({ group }: Pick<Talk, 'group'>): boolean {
  return group !== undefined && ['admin', 'owner'].includes(group.rights.write)
}

export function peoplePlace(chat: GroupId, told?: string): PeoplePlace {
  const nowhere = { chosen: undefined, asked: undefined }
  return { kind: 'people', chat, choice: 0, ...nowhere, at: 0, isBusy: false, told }
}

export function addPeoplePlace(chat: GroupId, from: AddPeople['from']): AddPeople {
  const nobody = { found: undefined, choice: 0 }
  return { kind: 'add-people', chat, field: emptyField, ...nobody, isBusy: false, told: undefined, from }
}

/** The people of the group that is selected; undefined for anything else. */
export function ownPeoplePlace(talk: Talk): PeoplePlace | undefined {
  const chat = selectedChat(talk)
  return chat?.type === 'group' ? peoplePlace(chat.chat) : undefined
}

export function onGroupHappening(
  talk: Talk,
  happening: Exclude<GroupHappening, { kind: 'group-news' }>,
): Step {
  switch (happening.kind) {
    case 'group':
      return step(talk.groupAsked === happening.group.chat ? { ...talk, group: happening.group } : talk)
    case 'group-made': {
      const isHere = talk.place?.kind === 'group-form'
      const place = isHere ? addPeoplePlace(happening.chat, 'talk') : talk.place
      if (!isHere && talk.place !== undefined) return step(talk)
      const selected = select({ ...talk, place }, { kind: 'chat', chat: happening.chat })
      return follow(selected, openSelected)
    }
    case 'links':
      return step(onLinksHappening(talk, happening))
    case 'link-made':
      return withLinksRead(onLinksHappening(talk, happening))
    case 'group-told':
      return happening.isDone ? withLinksRead(told(talk, happening)) : step(told(talk, happening))
    default:
      return happening satisfies never
  }
}

/** Something was done: where links are on show, they are asked for anew. */
function withLinksRead(talk: Talk): Step {
  const { place } = talk
  if (place?.kind !== 'links') return step(talk)
  return step(talk, { kind: 'group', act: { kind: 'links', chat: place.chat } })
}

/** In the place that it was asked for from; elsewhere as a sentence about what just happened. */
function told(
  talk: Talk,
  { chat, told: text, isDone }: Extract<GroupHappening, { kind: 'group-told' }>,
): Talk {
  const { place } = talk
  const isThere = place !== undefined && 'isBusy' in place && 'chat' in place && place.chat === chat
  if (!isThere || !place.isBusy) return { ...talk, remark: text }
  const after = { isBusy: false, told: text }
  if (!isDone) return { ...talk, place: { ...place, ...after } }
  switch (place.kind) {
    case 'group-form':
      return { ...talk, place: peoplePlace(place.chat!, text) }
    case 'add-people':
      return { ...talk, place: { ...place, ...after, field: emptyField, found: undefined, choice: 0 } }
    case 'people':
      return { ...talk, place: { ...place, ...after, chosen: undefined, asked: undefined } }
    case 'links':
      return { ...talk, place: { ...place, ...after, view: { kind: 'list' }, at: 0 } }
    default:
      return place satisfies never
  }
}
