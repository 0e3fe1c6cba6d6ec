import { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, principalOf, RpcError } from '@veche/service-kit'
import { storeRegistrationPolicy } from '../../database/registration-setting.ts'
import { ensureAdministrator } from '../own-account.ts'
import type { RegistrationRoute } from '../route.ts'

export const setRegistration: RegistrationRoute<'setRegistration'> =
  ({ database }) =>
  async ({ registration }, call) => {
    await ensureAdministrator(database, principalOf(call))
    if (registration === RegistrationPolicy.UNSPECIFIED || !(registration in RegistrationPolicy)) {
      throw new RpcError(Code.InvalidArgument, 'registration_invalid')
    }
    await storeRegistrationPolicy(database, registration)
    return { registration }
  }
