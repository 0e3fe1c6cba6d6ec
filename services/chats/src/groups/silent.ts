import { hasRight } from '@veche/mls/wire'
import type { AccountId } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { Roster } from '../append/roster.ts'

/**
 * Who of those in a group may not write: all that an append needs to know of a state, which may be large. Who has just
 * come by a link is in no list yet, and has the role of joiners.
 */
export function silentIn(state: ChatState, roster: Roster): ReadonlySet<AccountId> {
  const present = new Set([...roster.values()].map(({ accountId }) => accountId))
  return new Set([...present].filter((accountId) => !hasRight(state, accountId, 'write')))
}
