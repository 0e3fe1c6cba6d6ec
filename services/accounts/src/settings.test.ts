import { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { SettingError } from '@veche/service-kit'
import { expect, test } from 'vitest'
import { REGISTRATION_POLICIES, settings } from './settings.ts'

test('M24: registration is by invite where nothing is said', () => {
  expect(REGISTRATION_POLICIES[settings.registration.parse(undefined)]).toBe(RegistrationPolicy.INVITE)
  expect(REGISTRATION_POLICIES[settings.registration.parse('closed')]).toBe(RegistrationPolicy.CLOSED)
  expect(() => settings.registration.parse('public')).toThrow(SettingError)
})
