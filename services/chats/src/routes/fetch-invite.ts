import type { ChatId } from '@veche/protocol'
import { dataKeyIdOf, principalOf, readingSealed } from '@veche/service-kit'
import { ChatSealing } from '../append/payload.ts'
import type { ChatsContext } from '../context.ts'
import { findJoinOffer } from '../database/invites.ts'
import { openJoinOffer } from '../groups/join-offer.ts'
import { ensureInvited } from './ensure-invited.ts'
import { refusalError } from './refusals.ts'
import type { Route } from './route.ts'

export const fetchInvite: Route<'fetchInvite'> = (context) => async (request, call) => {
  const { chatId, inviteId, byRequest } = await ensureInvited(context, principalOf(call).accountId, request)
  if (byRequest) return { byRequest }
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
