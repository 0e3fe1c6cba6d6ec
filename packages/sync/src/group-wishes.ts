/**
 * What somebody wishes of a group, as the commit that it takes in the state that the group has then; undefined where the
 * group is so already. A commit that loses its epoch is made again from the wish.
 */
import { create } from '@bufbuild/protobuf'
import {
  type CheckedJoinRequest,
  type GroupView,
  inviteMemberKey,
  isBanned,
  listedRole,
  roleByInvite,
} from '@veche/mls'
import { AccountId, equalBytes } from '@veche/protocol'
import { InviteTermsSchema, PublicationSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  type ChatState,
  type Invite,
  MemberSchema,
  type Rights,
  Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { InviteKeySchema } from '@veche/protocol/gen/e2ee/v1/join_info_pb.js'
import type { GroupProfile } from '@veche/protocol/gen/local/v1/chat_pb.js'
import type { Titles } from './group-profile.ts'
import type { EpochKey } from './invite-history.ts'
import type { ChatIntent } from './own-commits.ts'

/** @param group as it is, with those in the list who have come by a link */
export type Wish = (group: GroupView) => ChatIntent | undefined

type RoleOfRight = Partial<Record<keyof Omit<Rights, '$typeName' | '$unknown'>, Role>>

/** Roles of members that change together; nothing where one of them is no member. */
export function withRoles(...wished: readonly (readonly [AccountId, Role])[]): Wish {
  return ({ state }) => {
    const present = wished.map(([account]) => listedRole(state, account))
    if (present.includes(undefined) || wished.every(([, role], index) => role === present[index]))
      return undefined
    return { state: wished.reduce((next, [account, role]) => withMember(next, account, role), state) }
  }
}

export function withRights(rights: RoleOfRight): Wish {
  return ({ state }) => {
    const present = state.rights!
    const names = Object.keys(rights) as (keyof RoleOfRight)[]
    if (names.every((name) => present[name] === rights[name])) return undefined
    return { state: { ...state, rights: { ...present, ...rights } } }
  }
}

/** Somebody who comes in with these key packages, one for each device. */
export function withNewMember(account: AccountId, role: Role, add: readonly Uint8Array[]): Wish {
  return ({ state }) =>
    listedRole(state, account) === undefined ? { add, state: withMember(state, account, role) } : undefined
}

export function withoutMember(account: AccountId): Wish {
  return ({ state, members }) => {
    const leaves = leavesOf(members, account)
    if (listedRole(state, account) === undefined && leaves.length === 0) return undefined
    return { remove: leaves, state: withoutAccounts(state, [account]) }
  }
}

export function withBan(account: AccountId): Wish {
  return ({ state, members }) => {
    if (isBanned(state, account)) return undefined
    const bannedAccounts = [...state.bannedAccounts, AccountId.toBytes(account)]
    return {
      remove: leavesOf(members, account),
      state: { ...withoutAccounts(state, [account]), bannedAccounts },
    }
  }
}

export function withoutBan(account: AccountId): Wish {
  return ({ state }) => {
    if (!isBanned(state, account)) return undefined
    const id = AccountId.toBytes(account)
    return { state: { ...state, bannedAccounts: state.bannedAccounts.filter((one) => !equalBytes(one, id)) } }
  }
}

/** Who has asked by a link that demands it comes in by the role that the link gives, and asks by this no second time. */
export function withJoinRequest(request: CheckedJoinRequest, bytes: Uint8Array): Wish {
  const { accountId, keyPackage, usedId } = request
  const isOfLink = ({ id }: Invite) => equalBytes(id, request.invite.id)
  return ({ state }) => {
    const invite = state.invites.find(isOfLink)
    if (!invite || listedRole(state, accountId) !== undefined) return undefined
    const { members } = withMember(state, accountId, roleByInvite(state, invite))
    const usedRequests = [...invite.usedRequests, usedId]
    const invites = state.invites.map((one) => (isOfLink(one) ? { ...one, usedRequests } : one))
    const admissions = [{ accountId, inviteId: invite.id, joinRequest: bytes }]
    return { add: [keyPackage], state: { ...state, members, invites }, admissions }
  }
}

/** For how long people join by an invite, and how many accounts; what is not said the server chooses. */
export interface Terms {
  readonly lastsMs?: number | undefined
  readonly maxUses?: number | undefined
  /** Who opens the link is let in by a person of the group. */
  readonly approve?: boolean | undefined
  /** Of who comes by it; that of joiners by default. */
  readonly role?: Role | undefined
}

/**
 * A new invite, and none of those that nobody can join by any more.
 * @param memberKey 32 bytes, for the members
 * @param older of an invite with history: what this device knows beside the chat's own epochs
 */
export function withInvite(
  invite: Invite,
  memberKey: Uint8Array,
  terms: Terms,
  dead: readonly Uint8Array[],
  older: readonly EpochKey[] = [],
): Wish {
  const inviteKeys = [create(InviteKeySchema, { inviteId: invite.id, key: memberKey })]
  return ({ state }) => {
    const { lastsMs = 0, maxUses = 0, approve = false, role = Role.UNSPECIFIED } = terms
    const made = { ...invite, approve, role }
    const inviteTerms = [
      create(InviteTermsSchema, { inviteId: invite.id, lastsMs: BigInt(lastsMs), maxUses }),
    ]
    const intent = {
      state: { ...state, invites: [...livingIn(state, dead), made] },
      inviteTerms,
      inviteKeys,
    }
    return invite.withHistory ? { ...intent, older: { inviteId: invite.id, keys: older } } : intent
  }
}

/** The group is open to everybody by this invite. @param seed the invite's */
export function withOpenInvite(invite: Invite, seed: Uint8Array, { name, description }: Titles): Wish {
  const open = { ...invite, open: true }
  const inviteKeys = [create(InviteKeySchema, { inviteId: invite.id, key: inviteMemberKey(seed) })]
  const publication = create(PublicationSchema, { inviteSeed: seed, name, description })
  return ({ state }) => {
    if (openInviteOf(state)) return undefined
    return { state: { ...state, invites: [...state.invites, open] }, inviteKeys, publication }
  }
}

/** By which everybody joins; undefined where the group is not open. */
export function openInviteOf({ invites }: ChatState): Invite | undefined {
  return invites.find(({ open }) => open)
}

/** Nobody joins by the open invite any more. */
export function withoutOpenInvite(): Wish {
  return (group) => {
    const open = openInviteOf(group.state)
    return open && withoutInvite(open.id)(group)
  }
}

/** @param profile of these titles: where the group is open, everybody sees them */
export function withProfile(
  profile: GroupProfile,
  profileHash: Uint8Array,
  { name, description }: Titles,
): Wish {
  return ({ state }) => {
    if (equalBytes(state.profileHash, profileHash)) return undefined
    const publication = openInviteOf(state) && create(PublicationSchema, { name, description })
    return { state: { ...state, profileHash }, profile, ...(publication && { publication }) }
  }
}

export function withoutInvite(id: Uint8Array): Wish {
  return ({ state }) => {
    const invites = livingIn(state, [id])
    return invites.length === state.invites.length ? undefined : { state: { ...state, invites } }
  }
}

function livingIn({ invites }: ChatState, dead: readonly Uint8Array[]): Invite[] {
  return invites.filter(({ id }) => !dead.some((one) => equalBytes(one, id)))
}

export function withoutAccounts(state: ChatState, accounts: readonly AccountId[]): ChatState {
  const isLeft = ({ accountId }: { accountId: Uint8Array }) =>
    !accounts.includes(AccountId.fromBytes(accountId))
  return { ...state, members: state.members.filter(isLeft) }
}

export function leavesOf(members: GroupView['members'], account: AccountId): number[] {
  return members.filter(({ accountId }) => accountId === account).map(({ leaf }) => leaf)
}

function withMember(state: ChatState, account: AccountId, role: Role): ChatState {
  const others = withoutAccounts(state, [account]).members
  return {
    ...state,
    members: [...others, create(MemberSchema, { accountId: AccountId.toBytes(account), role })],
  }
}
