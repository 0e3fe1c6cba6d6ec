/**
 * Search for people (M12, M21). The index gives whoever may be meant, the nearest are chosen, and accounts is asked
 * about these: what it says now is ranked and shown. So a closed account is never found, whatever the index has, and
 * neither is one that blocks the caller. For a closed account and for none the same statements run (B6).
 */
import { AccountId } from '@veche/protocol'
import { Code, principalOf, RpcError } from '@veche/service-kit'
import { lookUpPeople } from '../database/people.ts'
import {
  MAX_ASKED,
  MAX_CANDIDATES,
  MAX_QUERY_CHARACTERS,
  MAX_RESULTS,
  MIN_QUERY_CHARACTERS,
  searchesPerAccount,
} from '../limits.ts'
import { lookUpKeys, rank, rankAnswers, readQuery } from '../text/query.ts'
import type { Route } from './route.ts'

export const searchPeople: Route<'searchPeople'> =
  ({ database, limiter, openAccounts }) =>
  async (request, call) => {
    const { accountId } = principalOf(call)
    const text = readText(request.query)
    const { retryAfterMs } = await limiter.take(searchesPerAccount, accountId)
    if (retryAfterMs > 0) throw new RpcError(Code.ResourceExhausted, 'too_many_calls', { retryAfterMs })
    const query = readQuery(text)
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

/** @throws RpcError INVALID_ARGUMENT query_invalid */
function readText(query: string): string {
  const isTooLong = query.length > 2 * MAX_QUERY_CHARACTERS || [...query].length > MAX_QUERY_CHARACTERS
  const text = isTooLong ? '' : query.trim()
  if ([...text].length < MIN_QUERY_CHARACTERS) throw new RpcError(Code.InvalidArgument, 'query_invalid')
  return text
}
