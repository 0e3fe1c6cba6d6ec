import { isBanned } from '@veche/mls/wire'
import type { ChatId } from '@veche/protocol'
import { Code, dataKeyIdOf, principalOf, RpcError, readingSealed } from '@veche/service-kit'
import { ChatSealing } from '../append/payload.ts'
import type { ChatsContext } from '../context.ts'
import { findGroup } from '../database/groups.ts'
import { findInvites, findJoinOffer } from '../database/invites.ts'
import { inviteRefusal } from '../groups/invite-refusal.ts'
import { openJoinOffer } from '../groups/join-offer.ts'
import { ensureWithin, inviteFetchesPerAccount } from '../limits.ts'
import { readChatId, refusalError } from './refusals.ts'
import type { Route } from './route.ts'

export const fetchInvite: Route<'fetchInvite'> = (context) => async (request, call) => {
  const { accountId } = principalOf(call)
  const { database, clock, limiter } = context
  await ensureWithin(limiter, inviteFetchesPerAccount, accountId)
  const chatId = readChatId(request.chatId, 'invite_unknown')
  const { inviteId } = request
  const [invite] = await findInvites(database, [{ chatId, inviteId }])
  const group = invite && (await findGroup(database, chatId))
  if (!group) throw refusalError('invite_unknown')
  if (isBanned(group.state, accountId)) throw new RpcError(Code.PermissionDenied, 'not_allowed')
  const reason = inviteRefusal(invite, clock.nowMs())
  if (reason) throw refusalError(reason)
  return (await readOffer(context, chatId, inviteId)) ?? throwUnknown()
}

function readOffer({ database, keys }: ChatsContext, chatId: ChatId, inviteId: Uint8Array) {
  return readingSealed(async () => {
    const row = await findJoinOffer(database, chatId)
    if (!row) return undefined
    const sealing = await ChatSealing.load(keys, database, chatId, [dataKeyIdOf(row.sealed)])
    return openJoinOffer(sealing.openOffer(row.position, row.sealed), inviteId)
  })
}

/** It was revoked since it was looked up. */
function throwUnknown(): never {
  throw refusalError('invite_unknown')
}
