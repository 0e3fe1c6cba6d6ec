/** What the screen shows of a group besides its messages, the places where it is changed, and what is asked for there. */
import type {
  ChatSummary,
  ClientEvent,
  GroupChat,
  GroupMember,
  Person,
  RightName,
  RightsView,
  RoleName,
} from '@veche/client'
import type { LinksAct, LinksHappening, LinksPlace } from './links-state.ts'
import type { TextField } from './text-field.ts'

export type GroupId = GroupChat['chat']

/** Of the group that is on show. */
export interface GroupState {
  readonly chat: GroupId
  /** By role, the highest first, then by handle. */
  readonly members: readonly GroupMember[]
  readonly rights: RightsView
  readonly banned: readonly Person[]
}

export type GroupNews = Extract<ClientEvent, { type: 'group' }>

export type GroupPlace = GroupForm | AddPeople | PeoplePlace | LinksPlace

/** What a group is called and who writes in it; of one that is to be made, or of one that is there. */
export interface GroupForm {
  readonly kind: 'group-form'
  /** Undefined for a new one. */
  readonly chat: GroupId | undefined
  readonly name: TextField
  readonly description: TextField
  /** Only admins write. */
  readonly announce: boolean
  readonly at: GroupFormRow
  readonly isBusy: boolean
  /** What is wrong with it. */
  readonly told: string | undefined
}

export type GroupFormRow = 'name' | 'description' | 'all' | 'admins' | 'button'

export interface AddPeople {
  readonly kind: 'add-people'
  readonly chat: GroupId
  readonly field: TextField
  /** Whom the search shows; undefined until it has answered. */
  readonly found: readonly Person[] | undefined
  /** 0 is the handle as it is written, then those who are offered. */
  readonly choice: number
  readonly isBusy: boolean
  readonly told: string | undefined
  /** Where Esc goes. */
  readonly from: 'people' | 'talk'
}

export interface PeoplePlace {
  readonly kind: 'people'
  readonly chat: GroupId
  /** The row in the list of people. */
  readonly choice: number
  /** Whose choices are shown. */
  readonly chosen: GroupMember['account'] | undefined
  /** What is asked about once more. */
  readonly asked: AskedAct | undefined
  /** The choice where one of these is shown. */
  readonly at: number
  readonly isBusy: boolean
  readonly told: string | undefined
}

export function isGroupPlace<Other extends { readonly kind: string }>(
  place: Other | GroupPlace,
): place is GroupPlace {
  return ['group-form', 'add-people', 'people', 'links'].includes(place.kind)
}

/** What can be done about a member. */
export type PersonAct = RoleName | 'remove' | 'ban' | 'leave' | 'write' | 'back'
/** What is asked about once more: of a person, or of the whole group. */
export type AskedAct = Extract<PersonAct, 'owner' | 'remove' | 'ban' | 'leave'> | 'open' | 'close'

/** What the conductor does with a group. */
export type GroupAct =
  | { readonly kind: 'read'; readonly chat: GroupId }
  | { readonly kind: 'make'; readonly name: string; readonly description: string; readonly announce: boolean }
  | {
      readonly kind: 'change'
      readonly chat: GroupId
      readonly titles: { readonly name: string; readonly description: string } | undefined
      readonly write: RoleName | undefined
    }
  | { readonly kind: 'add'; readonly chat: GroupId; readonly handle: string }
  | { readonly kind: 'role'; readonly chat: GroupId; readonly who: Person; readonly role: RoleName }
  | { readonly kind: 'hand-over'; readonly chat: GroupId; readonly who: Person }
  | { readonly kind: 'remove'; readonly chat: GroupId; readonly who: Person; readonly isBanned: boolean }
  | { readonly kind: 'unban'; readonly chat: GroupId; readonly who: Person }
  | { readonly kind: 'leave' | 'open' | 'close'; readonly chat: GroupId }
  | LinksAct

/** What came of it. */
export type GroupHappening =
  | { readonly kind: 'group'; readonly group: GroupState }
  | { readonly kind: 'group-news'; readonly news: GroupNews }
  | { readonly kind: 'group-made'; readonly chat: GroupId }
  | LinksHappening
  | {
      readonly kind: 'group-told'
      readonly chat: GroupId | undefined
      readonly told: string
      readonly isDone: boolean
    }

const ranks: readonly RoleName[] = ['reader', 'member', 'admin', 'owner']

/** The role by which rights are judged: where no owner is left, the highest role there is counts as owner. */
function rankIn({ members }: GroupState, role: RoleName): number {
  return members[0]?.role === role ? ranks.indexOf('owner') : ranks.indexOf(role)
}

function ownRank(group: GroupState): number {
  const own = group.members.find(({ you }) => you)
  return own === undefined ? -1 : rankIn(group, own.role)
}

export function may(group: GroupState, right: RightName): boolean {
  return ownRank(group) >= ranks.indexOf(group.rights[right])
}

export function isLeader(group: GroupState): boolean {
  return ownRank(group) >= ranks.indexOf('admin')
}

/** Only what the own role allows; the others would be refused. */
export function personActs(group: GroupState, { you, role }: GroupMember): PersonAct[] {
  if (you) return ['leave', 'back']
  const own = ownRank(group)
  const isBelow = rankIn(group, role) < own
  const roles = (['admin', 'member', 'reader'] as const).filter((each) => each !== role)
  const isOwner = own === ranks.indexOf('owner')
  return [
    'write',
    ...(isBelow && isLeader(group) ? roles : []),
    ...(isBelow && isOwner ? (['owner'] as const) : []),
    ...(isBelow && may(group, 'remove') ? (['remove', 'ban'] as const) : []),
    'back',
  ]
}

/** Whether the account is in the group: else there is nothing to do, only to see. */
export function isOpenGroup({ chats }: { readonly chats: readonly ChatSummary[] }, chat: GroupId): boolean {
  const state = chats.find((each) => each.chat === chat)?.state
  return state === 'open' || state === 'creating'
}

export interface GroupAccess {
  readonly isOpen: boolean
  readonly isForAll: boolean
}

export function accessTo(talk: { readonly chats: readonly ChatSummary[] }, chat: GroupId): GroupAccess {
  const item = talk.chats.find((each) => each.chat === chat)
  return { isOpen: isOpenGroup(talk, chat), isForAll: item?.type === 'group' && item.open }
}

/** What the list of people can stand on, from above. */
export type PeopleRow =
  | { readonly kind: 'add' }
  | { readonly kind: 'member'; readonly member: GroupMember }
  | { readonly kind: 'open' | 'close' }
  | { readonly kind: 'links' }
  | { readonly kind: 'edit' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'banned'; readonly person: Person }

/** @param isOpen whether the account is in the group; `isForAll`: whether everybody finds it and joins */
export function peopleRows(group: GroupState, { isOpen, isForAll }: GroupAccess): PeopleRow[] {
  const members = group.members.map((member) => ({ kind: 'member', member }) as const)
  if (!isOpen) return members
  return [
    ...(may(group, 'add') ? [{ kind: 'add' } as const] : []),
    ...members,
    ...(may(group, 'invite')
      ? [{ kind: isForAll ? 'close' : 'open' } as const, { kind: 'links' } as const]
      : []),
    ...(may(group, 'rename') || isLeader(group) ? [{ kind: 'edit' } as const] : []),
    { kind: 'leave' },
    ...(may(group, 'remove') ? group.banned.map((person) => ({ kind: 'banned', person }) as const) : []),
  ]
}
