import { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { choiceSetting } from '@veche/service-kit'

export const settings = {
  registration: choiceSetting({
    env: 'VECHE_REGISTRATION',
    choices: ['open', 'invite', 'closed'],
    default: 'invite',
    description:
      'Who may make an account: open (anyone), invite (whoever holds a code from an administrator), closed (no one). ' +
      'What an administrator sets by `veche admin registration` takes its place.',
  }),
}

export const REGISTRATION_POLICIES = {
  open: RegistrationPolicy.OPEN,
  invite: RegistrationPolicy.INVITE,
  closed: RegistrationPolicy.CLOSED,
} as const
