import { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { choiceSetting, integerSetting } from '@veche/service-kit'

export const settings = {
  registration: choiceSetting({
    env: 'VECHE_REGISTRATION',
    choices: ['open', 'invite', 'closed'],
    default: 'invite',
    description:
      'Who may make an account: open (anyone), invite (whoever holds a code from an administrator), closed (no one). ' +
      'What an administrator sets by `veche admin registration` takes its place.',
  }),
  attemptRate: integerSetting({
    env: 'VECHE_ATTEMPT_RATE',
    default: 200,
    min: 0,
    max: 1_000_000,
    unit: 'attempts per hour',
    description:
      'How often one address may begin to register, and to sign in; half an hour’s worth at once. A school behind ' +
      'one address may need more on its first day. 0: without limit.',
  }),
}

export const REGISTRATION_POLICIES = {
  open: RegistrationPolicy.OPEN,
  invite: RegistrationPolicy.INVITE,
  closed: RegistrationPolicy.CLOSED,
} as const
