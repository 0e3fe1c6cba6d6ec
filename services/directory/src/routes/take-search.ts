/** What every search begins with: the query's bounds, and the account's bucket, which all searches share (B6). */
import type { AccountId } from '@veche/protocol'
import { Code, type RateLimiter, RpcError } from '@veche/service-kit'
import { MAX_QUERY_CHARACTERS, MIN_QUERY_CHARACTERS, searchesPerAccount } from '../limits.ts'
import { type Query, readQuery } from '../text/query.ts'

/** @throws RpcError INVALID_ARGUMENT query_invalid; RESOURCE_EXHAUSTED too_many_calls */
export async function takeSearch(limiter: RateLimiter, account: AccountId, query: string): Promise<Query> {
  const text = readText(query)
  const { retryAfterMs } = await limiter.take(searchesPerAccount, account)
  if (retryAfterMs > 0) throw new RpcError(Code.ResourceExhausted, 'too_many_calls', { retryAfterMs })
  return readQuery(text)
}

function readText(query: string): string {
  const isTooLong = query.length > 2 * MAX_QUERY_CHARACTERS || [...query].length > MAX_QUERY_CHARACTERS
  const text = isTooLong ? '' : query.trim()
  if ([...text].length < MIN_QUERY_CHARACTERS) throw new RpcError(Code.InvalidArgument, 'query_invalid')
  return text
}
