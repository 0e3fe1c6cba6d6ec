import { principalOf } from '@veche/service-kit'
import { ensureWithin, requestsPerAccount } from '../limits.ts'
import { requestAnswer } from '../requests/request-view.ts'
import { ensureHandle } from './handle.ts'
import type { Route } from './route.ts'

export const requestChat: Route<'requestChat'> =
  (context) =>
  async ({ handle }, call) => {
    const { accountId } = principalOf(call)
    await ensureWithin(context.limiter, requestsPerAccount, accountId, 'too_many_requests')
    ensureHandle(handle)
    const pair = await context.requests.ask(accountId, handle)
    return { requestId: pair.requestId, ...(await requestAnswer(pair, accountId, context)) }
  }
