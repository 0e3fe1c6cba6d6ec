import type { ServiceImpl } from '@connectrpc/connect'
import type { RegistrationService } from '@veche/protocol/gen/accounts/v1/registration_pb.js'
import type { AccountsContext } from '../context.ts'
import { createInvite } from './registration/create-invite.ts'
import { getRegistration } from './registration/get-registration.ts'
import { setRegistration } from './registration/set-registration.ts'

export function registrationService(context: AccountsContext) {
  return {
    getRegistration: getRegistration(context),
    setRegistration: setRegistration(context),
    createInvite: createInvite(context),
  } satisfies ServiceImpl<typeof RegistrationService>
}
