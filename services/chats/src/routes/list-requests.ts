import { principalOf } from '@veche/service-kit'
import { listJoinRequestsBy } from '../database/join-requests.ts'
import { listMemberRequests } from '../database/member-requests.ts'
import { listPairs } from '../database/pairs.ts'
import { listToAnswer } from '../groups/join-requests.ts'
import { type AnyRequest, incomingRequest, outgoingRequest } from '../requests/request-view.ts'
import type { Route } from './route.ts'

const MAX_LISTED = 500

export const listRequests: Route<'listRequests'> =
  ({ database, people }) =>
  async (_request, call) => {
    const { accountId } = principalOf(call)
    const requests: readonly AnyRequest[] = [
      ...(await listPairs(database, accountId, MAX_LISTED)),
      ...(await listMemberRequests(database, accountId, MAX_LISTED)),
      ...(await listJoinRequestsBy(database, accountId, MAX_LISTED)),
      ...(await listToAnswer(database, accountId, MAX_LISTED)),
    ].sort((one, other) => other.requestedAtMs - one.requestedAtMs)
    const incoming = requests.filter(({ asker }) => asker !== accountId)
    const askers = await people.find(incoming.map(({ asker }) => asker))
    return {
      incoming: incoming.flatMap((request) => {
        const asker = askers.get(request.asker)
        return asker ? [incomingRequest(request, asker)] : []
      }),
      outgoing: requests.filter(({ asker }) => asker === accountId).map(outgoingRequest),
    }
  }
