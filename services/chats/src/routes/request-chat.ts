import { Code, principalOf, RpcError } from '@veche/service-kit'
import { ensureWithin, requestsPerAccount } from '../limits.ts'
import { requestAnswer } from '../requests/request-view.ts'
import type { Route } from './route.ts'

const HANDLE = /^[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9]$/

export const requestChat: Route<'requestChat'> =
  (context) =>
  async ({ handle }, call) => {
    const { accountId } = principalOf(call)
    await ensureWithin(context.limiter, requestsPerAccount, accountId, 'too_many_requests')
    if (handle.length > 32 || !HANDLE.test(handle)) throw new RpcError(Code.InvalidArgument, 'handle_invalid')
    const pair = await context.requests.ask(accountId, handle)
    return { requestId: pair.requestId, ...(await requestAnswer(pair, accountId, context)) }
  }
