import { hasRight, listedAccounts } from '@veche/mls/wire'
import type { AccountId } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

/** Who of those listed may not write: all that an append needs to know of a state, which may be large. */
export function silentIn(state: ChatState): ReadonlySet<AccountId> {
  return new Set(listedAccounts(state).filter((accountId) => !hasRight(state, accountId, 'write')))
}
