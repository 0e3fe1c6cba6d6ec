/**
 * What comes after: a state in which everybody is written down, and the reset of a chat whose group got stuck,
 * which goes on in a new group with the people and the rules of its last good epoch.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, equalBytes } from '@veche/protocol'
import { type ChatState, MemberSchema } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { encodeChatState, listedRole, roleOf } from './chat-state.ts'
import type { GroupView } from './group.ts'

/** The state with those in the list who have come by a link; any member may commit it. */
export function withJoiners({ state, members }: GroupView): ChatState {
  const present = new Set(members.map(({ accountId }) => accountId))
  const joiners = [...present].filter((accountId) => listedRole(state, accountId) === undefined)
  const written = joiners.map((accountId) =>
    create(MemberSchema, { accountId: AccountId.toBytes(accountId), role: roleOf(state, accountId) }),
  )
  return { ...state, members: [...state.members, ...written] }
}

/** The state that the successor of a group starts with. */
export function successorState(last: GroupView): ChatState {
  return { ...withJoiners(last), incarnation: last.state.incarnation + 1 }
}

/** Whether a group may carry on the chat of another: the same rules, and nobody who was not in it. */
export function isSuccessor(last: GroupView, next: GroupView): boolean {
  const state = successorState(last)
  return (
    next.chatId === last.chatId &&
    equalBytes(encodeChatState(next.state), encodeChatState(state)) &&
    next.members.every(({ accountId }) => listedRole(state, accountId) !== undefined)
  )
}
