import { principalOf } from '@veche/service-kit'
import { listPairs } from '../database/pairs.ts'
import { incomingRequest, outgoingRequest } from '../requests/request-view.ts'
import type { Route } from './route.ts'

const MAX_LISTED = 500

export const listRequests: Route<'listRequests'> =
  ({ database, people }) =>
  async (_request, call) => {
    const { accountId } = principalOf(call)
    const pairs = await listPairs(database, accountId, MAX_LISTED)
    const incoming = pairs.filter(({ asked }) => asked === accountId)
    const askers = await people.find(incoming.map(({ asker }) => asker))
    return {
      incoming: incoming.flatMap((pair) => {
        const asker = askers.get(pair.asker)
        return asker ? [incomingRequest(pair, asker)] : []
      }),
      outgoing: pairs.filter(({ asker }) => asker === accountId).map(outgoingRequest),
    }
  }
