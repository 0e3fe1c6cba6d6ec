/** What an invite of a group lets people do, and who may change it: as every member and the delivery service judge it. */
import { type AccountId, equalBytes } from '@veche/protocol'
import { type ChatState, type Invite, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { hasRight, rankOf } from './chat-state.ts'

/** The role of who is let in by the link. */
export function roleByInvite({ rights }: ChatState, { role }: Pick<Invite, 'role'>): Role {
  return role === Role.UNSPECIFIED ? rights!.joinerRole : role
}

/** Whether an account may let in who asks by the link: it adds people, and gives no role above its own. */
export function mayLetIn(
  state: ChatState,
  account: AccountId,
  invite: Pick<Invite, 'approve' | 'role'>,
): boolean {
  return hasRight(state, account, 'add') && rankOf(state, account) >= roleByInvite(state, invite)
}

/**
 * Links are for who has the right `invite`, with no role above their own; that requests were used is written down by who
 * adds people, and never unwritten.
 */
export function mayChangeInvites(before: ChatState, after: ChatState, actor: AccountId): boolean {
  const isGone = before.invites.some(({ id }) => !inviteIn(after, id))
  const changed = after.invites.filter((invite) => !isSameInvite(inviteIn(before, invite.id), invite))
  if ((isGone || changed.length > 0) && !hasRight(before, actor, 'invite')) return false
  if (changed.some(({ role }) => role > rankOf(before, actor))) return false
  return after.invites.every(({ id, usedRequests: used }) => {
    const known = inviteIn(before, id)?.usedRequests ?? []
    const isWhole = known.every((one) => used.some((other) => equalBytes(one, other)))
    return isWhole && (used.length === known.length || hasRight(before, actor, 'add'))
  })
}

function inviteIn({ invites }: ChatState, wanted: Uint8Array): Invite | undefined {
  return invites.find(({ id }) => equalBytes(id, wanted))
}

function isSameInvite(one: Invite | undefined, other: Invite): boolean {
  return (
    one !== undefined &&
    equalBytes(one.signingKey, other.signingKey) &&
    equalBytes(one.sealingKey, other.sealingKey) &&
    one.withHistory === other.withHistory &&
    equalBytes(one.memberKeyHash, other.memberKeyHash) &&
    one.open === other.open &&
    one.approve === other.approve &&
    one.role === other.role
  )
}
