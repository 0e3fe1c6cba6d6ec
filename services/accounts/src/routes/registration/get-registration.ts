import { principalOf } from '@veche/service-kit'
import { findRegistrationPolicy } from '../../database/registration-setting.ts'
import { ensureAdministrator } from '../own-account.ts'
import type { RegistrationRoute } from '../route.ts'

export const getRegistration: RegistrationRoute<'getRegistration'> =
  ({ database, configuredPolicy }) =>
  async (_, call) => {
    await ensureAdministrator(database, principalOf(call))
    return { registration: (await findRegistrationPolicy(database)) ?? configuredPolicy }
  }
