import { type Group, listedRole, stateOf, view, withJoiners } from '@veche/mls'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

/**
 * Who is in a chat by which role, and what each may: the state that its members agree on, with those in the list who have
 * come by a link and whom no commit has written down yet. The same object for the same group.
 */
export function rulesOf(group: Group): ChatState {
  const known = rules.get(group)
  if (known) return known
  const [state, present] = [stateOf(group), view(group)]
  const hasJoiners = present.members.some(({ accountId }) => listedRole(state, accountId) === undefined)
  const found = hasJoiners ? withJoiners(present) : state
  rules.set(group, found)
  return found
}

/** Groups are values. */
const rules = new WeakMap<Group, ChatState>()
