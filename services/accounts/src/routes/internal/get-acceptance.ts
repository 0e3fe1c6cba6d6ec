import { AccountId } from '@veche/protocol'
import { Code } from '@veche/service-kit'
import { findAcceptance } from '../../database/accounts.ts'
import { refusing } from '../refusing.ts'
import type { InternalRoute } from '../route.ts'

export const getAcceptance: InternalRoute<'getAcceptance'> =
  ({ database }) =>
  async ({ accountId, requesterId }) => {
    const [account, requester] = await refusing(Code.InvalidArgument, 'account_id_invalid', () => [
      AccountId.fromBytes(accountId),
      AccountId.fromBytes(requesterId),
    ])
    return { acceptance: await findAcceptance(database, account, requester) }
  }
