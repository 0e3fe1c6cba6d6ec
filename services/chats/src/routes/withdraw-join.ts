import { Code, principalOf, RpcError } from '@veche/service-kit'
import { statusOf } from '../requests/request-view.ts'
import type { Route } from './route.ts'

export const withdrawJoin: Route<'withdrawJoin'> =
  ({ joinRequests }) =>
  async ({ requestId }, call) => {
    const request = await joinRequests.withdraw(principalOf(call).accountId, requestId)
    if (!request) throw new RpcError(Code.NotFound, 'request_unknown')
    return { status: statusOf(request) }
  }
