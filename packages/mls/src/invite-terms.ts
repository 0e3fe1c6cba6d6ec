/** On what terms an invite of a group lets people in, and what the format of a state demands of them. */
import { compareBytes, DecodeError } from '@veche/protocol'
import { type Invite, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

const USED_REQUEST_BYTES = 16
const MAX_USED = 1000
const MAX_USED_IN_ALL = 4096

/** Whether who opens the link asks, and is let in by a member; else they come by an external commit. */
export function isByRequest({ approve, role }: Pick<Invite, 'approve' | 'role'>): boolean {
  return approve || role !== Role.UNSPECIFIED
}

/** @throws DecodeError */
export function ensureInviteTerms(invites: readonly Invite[]): void {
  let used = 0
  for (const { open, withHistory, approve, role, usedRequests } of invites) {
    if (role < Role.UNSPECIFIED || role > Role.OWNER) throw new DecodeError('chat state: unknown role')
    const byRequest = isByRequest({ approve, role })
    if (withHistory && byRequest)
      throw new DecodeError('chat state: an invite with history that demands to ask')
    if (open && byRequest) throw new DecodeError('chat state: an open invite that demands to ask')
    if (!byRequest && usedRequests.length > 0)
      throw new DecodeError('chat state: used requests of no such link')
    used += usedRequests.length
    if (usedRequests.length > MAX_USED || used > MAX_USED_IN_ALL)
      throw new DecodeError('chat state: too many used requests')
    if (usedRequests.some((id) => id.length !== USED_REQUEST_BYTES))
      throw new DecodeError('chat state: used_requests: wrong length')
    if (usedRequests.some((id, index) => index > 0 && compareBytes(usedRequests[index - 1]!, id) >= 0))
      throw new DecodeError('chat state: used_requests: not ascending')
  }
}
