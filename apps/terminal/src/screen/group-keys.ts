/** What the keys do where a group is made or changed, where people are added, and among its people. */
import { choose } from './choices.ts'
import { onFinderKey } from './finder-keys.ts'
import { offered } from './group-offers.ts'
import {
  type AddPeople,
  type AskedAct,
  accessTo,
  type GroupAct,
  type GroupForm,
  type GroupPlace,
  isOpenGroup,
  type PeoplePlace,
  type PeopleRow,
  type PersonAct,
  peopleRows,
  personActs,
} from './group-state.ts'
import { addPeoplePlace, formOf, formRows, isAnnounced, peoplePlace } from './group-steps.ts'
import type { Key } from './keys.ts'
import { linksPlaceBefore, onLinksKey } from './links-keys.ts'
import { linksPlace } from './links-state.ts'
import { lookOf } from './look.ts'
import { openSelected, select } from './reading.ts'
import { follow, type Step, step, type Talk } from './talk-state.ts'
import { fieldOf, writtenIn } from './text-field.ts'

export function onGroupPlaceKey(talk: Talk, place: GroupPlace, key: Key): Step {
  switch (place.kind) {
    case 'group-form':
      return onFormKey(talk, place, key)
    case 'add-people':
      return onAddKey(talk, place, key)
    case 'people':
      return onPeopleKey(talk, place, key)
    case 'links':
      return onLinksKey(talk, place, key)
    default:
      return place satisfies never
  }
}

/** Esc goes one step back; out of the place at last. */
export function groupPlaceBefore(talk: Talk, place: GroupPlace): Talk {
  if (place.kind === 'people' && (place.asked ?? place.chosen) !== undefined) {
    const isAsked = place.asked !== undefined && place.chosen !== undefined
    return { ...talk, place: { ...place, asked: undefined, at: 0, ...(!isAsked && { chosen: undefined }) } }
  }
  if (place.kind === 'links') return { ...talk, place: linksPlaceBefore(place) ?? peoplePlace(place.chat) }
  const isFromPeople = place.kind === 'group-form' || (place.kind === 'add-people' && place.from === 'people')
  const before = isFromPeople && place.chat !== undefined ? peoplePlace(place.chat) : undefined
  return { ...talk, place: before }
}

function act(talk: Talk, place: GroupPlace, what: GroupAct): Step {
  return step({ ...talk, place: { ...place, isBusy: true, told: undefined } }, { kind: 'group', act: what })
}

function onFormKey(talk: Talk, place: GroupForm, key: Key): Step {
  const rows = formRows(talk, place)
  const at = rows.indexOf(place.at)
  const to = (by: number): Step =>
    step({ ...talk, place: { ...place, at: rows[Math.min(Math.max(at + by, 0), rows.length - 1)]! } })
  if (key.kind === 'key') {
    if (key.name === 'up' || key.name === 'back-tab') return to(-1)
    if (key.name === 'down' || key.name === 'tab') return to(1)
  }
  const isChosen = key.kind === 'key' ? key.name === 'enter' : key.kind === 'text' && key.text === ' '
  switch (place.at) {
    case 'name':
    case 'description': {
      if (key.kind === 'key' && key.name === 'enter') return to(1)
      const field = writtenIn(place[place.at], key)
      return field === undefined
        ? step(talk)
        : step({ ...talk, place: { ...place, [place.at]: field, told: undefined } })
    }
    case 'all':
    case 'admins':
      if (!isChosen) return step(talk)
      return step({ ...talk, place: { ...place, announce: place.at === 'admins', at: 'button' } })
    case 'button':
      return isChosen && !place.isBusy ? keep(talk, place, rows.includes('all')) : step(talk)
    default:
      return place.at satisfies never
  }
}

const maxNameCharacters = 64
const maxDescriptionCharacters = 500

function keep(talk: Talk, place: GroupForm, canSayWho: boolean): Step {
  const name = place.name.text.trim()
  const description = place.description.text.trim()
  const wrong = (at: 'name' | 'description', which: 'wrongGroupName' | 'wrongDescription') =>
    step({ ...talk, place: { ...place, at, told: lookOf(talk).words.screen[which] } })
  if (name === '' || [...name].length > maxNameCharacters) return wrong('name', 'wrongGroupName')
  if ([...description].length > maxDescriptionCharacters) return wrong('description', 'wrongDescription')
  const { chat, announce } = place
  if (chat === undefined) return act(talk, place, { kind: 'make', name, description, announce })
  const before = formOf(talk, chat)
  const isCalledSo = name === before.name.text && description === before.description.text
  const isWrittenSo = !canSayWho || announce === isAnnounced(talk)
  if (isCalledSo && isWrittenSo) return step({ ...talk, place: peoplePlace(chat) })
  const write = isWrittenSo ? undefined : announce ? 'admin' : 'member'
  return act(talk, place, {
    kind: 'change',
    chat,
    titles: isCalledSo ? undefined : { name, description },
    write,
  })
}

function onAddKey(talk: Talk, place: AddPeople, key: Key): Step {
  const people = offered(talk, place)
  if (key.kind === 'key' && key.name === 'enter') {
    const handle = people[place.choice - 1]?.handle ?? place.field.text.trim().replace(/^@/, '')
    return handle === '' || place.isBusy
      ? step(talk)
      : act(talk, place, { kind: 'add', chat: place.chat, handle })
  }
  return onFinderKey(talk, place, key, {
    rows: people.length + 1,
    cleared: { ...place, found: undefined },
    search: (text) => ({ kind: 'find', text }),
  })
}

function onPeopleKey(talk: Talk, place: PeoplePlace, key: Key): Step {
  const { group } = talk
  if (group === undefined || group.chat !== place.chat) return step(talk)
  const { asked, chosen } = place
  const member = group.members.find(({ account }) => account === chosen)
  if (asked !== undefined) return onAskedKey(talk, place, asked, key)
  if (member !== undefined) {
    const acts = isOpenGroup(talk, place.chat) ? personActs(group, member) : (['back'] as const)
    const made = choose(place.at, key, acts.length)
    if (made === undefined) return step(talk)
    const at = { ...place, at: made.choice }
    const chosenAct = acts[made.choice]
    if (!made.isChosen || chosenAct === undefined) return step({ ...talk, place: at })
    return onPersonAct(talk, at, member, chosenAct)
  }
  const rows = peopleRows(group, accessTo(talk, place.chat))
  const made = choose(Math.min(place.choice, rows.length - 1), key, rows.length)
  if (made === undefined) return step(talk)
  const at: PeoplePlace = { ...place, choice: made.choice, chosen: undefined }
  const row = rows[made.choice]
  return made.isChosen && row !== undefined ? onRow(talk, at, row) : step({ ...talk, place: at })
}

function onRow(talk: Talk, place: PeoplePlace, row: PeopleRow): Step {
  const { chat, isBusy } = place
  switch (row.kind) {
    case 'add':
      return step({ ...talk, place: addPeoplePlace(chat, 'people') })
    case 'open':
    case 'close':
      return step({ ...talk, place: { ...place, asked: row.kind, at: 1, told: undefined } })
    case 'links':
      return step({ ...talk, place: linksPlace(chat) }, { kind: 'group', act: { kind: 'links', chat } })
    case 'edit':
      return step({ ...talk, place: formOf(talk, chat) })
    case 'member':
      return step({ ...talk, place: { ...place, chosen: row.member.account, at: 0, told: undefined } })
    case 'leave':
      return step({ ...talk, place: { ...place, asked: 'leave', at: 1, told: undefined } })
    case 'banned':
      return isBusy ? step(talk) : act(talk, place, { kind: 'unban', chat, who: row.person })
    default:
      return row satisfies never
  }
}

type Member = NonNullable<Talk['group']>['members'][number]

function onPersonAct(talk: Talk, place: PeoplePlace, who: Member, what: PersonAct): Step {
  const { chat, isBusy } = place
  switch (what) {
    case 'back':
      return step({ ...talk, place: { ...place, chosen: undefined } })
    case 'write':
      return writeTo(talk, who)
    case 'owner':
    case 'remove':
    case 'ban':
    case 'leave':
      return step({ ...talk, place: { ...place, asked: what, at: 1 } })
    case 'reader':
    case 'member':
    case 'admin':
      return isBusy ? step(talk) : act(talk, place, { kind: 'role', chat, who, role: what })
    default:
      return what satisfies never
  }
}

/** To the private chat with somebody, or to asking them for one. */
function writeTo(talk: Talk, { account, handle }: Member): Step {
  const chat = talk.chats.find((each) => each.type === 'private' && each.with.account === account)
  if (chat !== undefined) {
    return follow(select({ ...talk, place: undefined }, { kind: 'chat', chat: chat.chat }), openSelected)
  }
  const place = { found: undefined, groups: [], choice: 0, isBusy: false, told: undefined }
  return step({ ...talk, place: { ...place, kind: 'new-chat', field: fieldOf(`@${handle}`) } })
}

/** What cannot be taken back is asked about once more, with "back" chosen. */
function onAskedKey(talk: Talk, place: PeoplePlace, asked: AskedAct, key: Key): Step {
  const made = choose(place.at, key, 2)
  if (made === undefined || place.isBusy) return step(talk)
  if (!made.isChosen) return step({ ...talk, place: { ...place, at: made.choice } })
  if (made.choice === 1) return step(groupPlaceBefore(talk, place))
  const { chat, chosen } = place
  const who = talk.group?.members.find(({ account }) => account === chosen)
  if (asked === 'leave' || asked === 'open' || asked === 'close')
    return act(talk, place, { kind: asked, chat })
  if (who === undefined) return step(groupPlaceBefore(talk, place))
  if (asked === 'owner') return act(talk, place, { kind: 'hand-over', chat, who })
  return act(talk, place, { kind: 'remove', chat, who, isBanned: asked === 'ban' })
}
