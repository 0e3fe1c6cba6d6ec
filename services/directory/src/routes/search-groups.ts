/**
 * Search for open groups (M13, M21), as for people: the index gives whichever may be meant, the nearest are chosen, and
 * chats is asked about these. So a closed group is never found, whatever the index has, and for one that is closed and for
 * none the same statements run (B6).
 */
import { ChatId } from '@veche/protocol'
import { principalOf } from '@veche/service-kit'
import { lookUpGroups } from '../database/open-groups.ts'
import { MAX_ASKED, MAX_CANDIDATES, MAX_RESULTS } from '../limits.ts'
import { lookUpKeys, rank, rankAnswers } from '../text/query.ts'
import type { Route } from './route.ts'
import { takeSearch } from './take-search.ts'

export const searchGroups: Route<'searchGroups'> =
  ({ database, limiter, openGroups }) =>
  async (request, call) => {
    const { accountId } = principalOf(call)
    const query = await takeSearch(limiter, accountId, request.query)
    const candidates = await lookUpGroups(database, lookUpKeys(query), MAX_CANDIDATES)
    const nearest = rank(query, candidates.map(named)).slice(0, MAX_ASKED)
    const open = await openGroups.find(
      nearest.map(({ chatId }) => chatId),
      accountId,
    )
    const limit = Math.min(request.limit || MAX_RESULTS, MAX_RESULTS)
    const found = rankAnswers(query, open.map(named)).slice(0, limit)
    return { groups: found.map((group) => ({ ...group, chatId: ChatId.toBytes(group.chatId) })) }
  }

function named<Group extends { readonly name: string }>(group: Group) {
  return { ...group, displayName: group.name }
}
