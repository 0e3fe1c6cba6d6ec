import { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newPerson, register } from '../../testing/person.ts'
import { refusalOf } from '../../testing/refusal.ts'
import { PUBLIC_URL, startTestService, type TestService } from '../../testing/test-service.ts'

const DAY_MS = 86_400_000n
let service: TestService
let administrator: string
let member: string

beforeAll(async () => {
  service = await startTestService({ registration: 'open' })
  const { code } = await service.internal.ensureAdministratorCode({})
  administrator = await register(service, await newPerson('boss.one'), code)
  member = await register(service, await newPerson('member'))
})
afterAll(() => service[Symbol.asyncDispose]())

test('M24: only an administrator decides who may register', async () => {
  const { registration } = service.as(member)
  for (const call of [
    () => registration.getRegistration({}),
    () => registration.setRegistration({ registration: RegistrationPolicy.CLOSED }),
    () => registration.createInvite({}),
  ]) {
    expect(await refusalOf(call())).toEqual({ code: Code.PermissionDenied, reason: 'not_administrator' })
  }
  expect((await refusalOf(service.as().registration.createInvite({}))).code).toBe(Code.Unauthenticated)
  expect((await service.as(administrator).registration.getRegistration({})).registration).toBe(
    RegistrationPolicy.OPEN,
  )
})

test('who is no administrator any more is refused at once, whatever the token says', async () => {
  await service.database.query("UPDATE account SET administrator = false WHERE handle = 'boss.one'")
  const refused = await refusalOf(service.as(administrator).registration.createInvite({}))
  expect(refused.reason).toBe('not_administrator')
  await service.database.query("UPDATE account SET administrator = true WHERE handle = 'boss.one'")
})

test('an invite has its code in the fragment of its link, and one use and seven days where nothing is said', async () => {
  const invite = await service.as(administrator).registration.createInvite({})
  expect(invite.link).toBe(`${PUBLIC_URL}/#code=${invite.code}`)
  expect(invite.expiresAtMs).toBe(BigInt(service.clock.nowMs()) + 7n * DAY_MS)
  await register(service, await newPerson('invited'), invite.code)
  expect((await refusalOf(register(service, await newPerson('another'), invite.code))).reason).toBe(
    'code_invalid',
  )
})

test('the code itself is not kept', async () => {
  const { code } = await service.as(administrator).registration.createInvite({})
  const { rows } = await service.database.query<{ text: string }>(
    'SELECT registration_code::text AS text FROM registration_code',
  )
  expect(rows.length).toBeGreaterThan(0)
  for (const { text } of rows) {
    expect(text).not.toContain(code)
    expect(text).not.toContain(Buffer.from(code).toString('hex'))
  }
})

test.each([
  { uses: 10_001, lifetimeMs: 0n },
  { uses: 1, lifetimeMs: -1n },
  { uses: 1, lifetimeMs: 365n * DAY_MS + 1n },
  { uses: 4_294_967_295, lifetimeMs: 9_223_372_036_854_775_807n },
])('an invite of $uses uses and $lifetimeMs ms is refused', async (request) => {
  const refused = await refusalOf(service.as(administrator).registration.createInvite(request))
  expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'invite_invalid' })
})

test('the greatest invite is given', async () => {
  const { registration } = service.as(administrator)
  await registration.createInvite({ uses: 10_000, lifetimeMs: 365n * DAY_MS })
})

test.each([0, 4, -1, 99])('%i is no registration policy', async (registration) => {
  const refused = await refusalOf(service.as(administrator).registration.setRegistration({ registration }))
  expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'registration_invalid' })
})
