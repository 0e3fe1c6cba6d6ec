/**
 * Search for people (M12, M21). The index gives whoever may be meant, the nearest are chosen, and accounts is asked
 * about these: what it says now is ranked and shown. So a closed account is never found, whatever the index has, and
 * neither is one that blocks the caller. For a closed account and for none the same statements run (B6).
 */
import { AccountId } from '@veche/protocol'
import { principalOf } from '@veche/service-kit'
import { lookUpPeople } from '../database/people.ts'
import { MAX_ASKED, MAX_CANDIDATES, MAX_RESULTS } from '../limits.ts'
import { lookUpKeys, rank, rankAnswers } from '../text/query.ts'
import type { Route } from './route.ts'
import { takeSearch } from './take-search.ts'

export const searchPeople: Route<'searchPeople'> =
  ({ database, limiter, openAccounts }) =>
  async (request, call) => {
    const { accountId } = principalOf(call)
    const query = await takeSearch(limiter, accountId, request.query)
    const candidates = await lookUpPeople(database, {
      handle: query.handle,
      keys: lookUpKeys(query),
      limit: MAX_CANDIDATES,
    })
    const nearest = rank(query, candidates).slice(0, MAX_ASKED)
    const open = await openAccounts.find(
      nearest.map((person) => person.accountId),
      accountId,
    )
    const found = rankAnswers(query, open).slice(0, Math.min(request.limit || MAX_RESULTS, MAX_RESULTS))
    return { people: found.map((person) => ({ ...person, accountId: AccountId.toBytes(person.accountId) })) }
  }
