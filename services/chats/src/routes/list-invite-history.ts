import { principalOf } from '@veche/service-kit'
import { hasHistoryPageAfter, listHistoryPages } from '../database/invite-history.ts'
import { MAX_CHUNK_BYTES, MAX_HISTORY_PAGES } from '../limits.ts'
import { ensureInvited } from './ensure-invited.ts'
import { readPosition } from './position.ts'
import type { Route } from './route.ts'

export const listInviteHistory: Route<'listInviteHistory'> = (context) => async (request, call) => {
  const { database } = context
  const key = await ensureInvited(context, principalOf(call).accountId, request)
  const limits = { limit: MAX_HISTORY_PAGES, maxBytes: MAX_CHUNK_BYTES }
  const pages = await listHistoryPages(database, key, { after: readPosition(request.after), ...limits })
  const last = pages.at(-1)
  return {
    pages: [...pages],
    more: last !== undefined && (await hasHistoryPageAfter(database, key, last.number)),
  }
}
