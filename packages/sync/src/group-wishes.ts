/**
 * What somebody wishes of a group, as the commit that it takes in the state that the group has then; undefined where the
 * group is so already. A commit that loses its epoch is made again from the wish.
 */
import { create } from '@bufbuild/protobuf'
import { type CommitIntent, type GroupView, isBanned, listedRole } from '@veche/mls'
import { AccountId, equalBytes } from '@veche/protocol'
import {
  type ChatState,
  MemberSchema,
  type Rights,
  type Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

export type Wish = (group: GroupView) => CommitIntent | undefined

type RoleOfRight = Partial<Record<keyof Omit<Rights, '$typeName' | '$unknown'>, Role>>

export function withRole(account: AccountId, role: Role): Wish {
  return ({ state }) => {
    const present = listedRole(state, account)
    if (present === undefined || present === role) return undefined
    return { state: withMember(state, account, role) }
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
