import { isBanned, isByRequest } from '@veche/mls/wire'
import { type AccountId, equalBytes } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import type { ChatsContext } from '../context.ts'
import { findGroup } from '../database/groups.ts'
import { findInvites, type InviteKey } from '../database/invites.ts'
import { inviteRefusal } from '../groups/invite-refusal.ts'
import { ensureWithin, inviteFetchesPerAccount } from '../limits.ts'
import { readChatId, refusalError } from './refusals.ts'

/**
 * Whether the holder of a link may have what is there for who joins by it: whoever has an account and names an invite that
 * is good, but for those whom the group has banned.
 * @returns `byRequest`: they are to ask first, and there is nothing for them
 * @throws RpcError as FetchInvite
 */
export async function ensureInvited(
  { database, clock, limiter }: Pick<ChatsContext, 'database' | 'clock' | 'limiter'>,
  accountId: AccountId,
  link: { readonly chatId: Uint8Array; readonly inviteId: Uint8Array },
): Promise<InviteKey & { readonly byRequest: boolean }> {
  await ensureWithin(limiter, inviteFetchesPerAccount, accountId)
  const key = { chatId: readChatId(link.chatId, 'invite_unknown'), inviteId: link.inviteId }
  const [invite] = await findInvites(database, [key])
  const group = invite && (await findGroup(database, key.chatId))
  if (!group) throw refusalError('invite_unknown')
  if (isBanned(group.state, accountId)) throw new RpcError(Code.PermissionDenied, 'not_allowed')
  const reason = inviteRefusal(invite, clock.nowMs())
  if (reason) throw refusalError(reason)
  const live = group.state.invites.find(({ id }) => equalBytes(id, link.inviteId))
  return { ...key, byRequest: live !== undefined && isByRequest(live) }
}
