import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { refusalOf } from './testing/refusal.ts'
import { startTestService, type TestService } from './testing/test-service.ts'

let service: TestService
beforeAll(async () => {
  service = await startTestService({ attemptRate: 200 })
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(() => service.clock.advance(3_600_000))

/** How many of 300 malformed calls got as far as being read. */
async function read(call: (attempt: number) => Promise<unknown>): Promise<number> {
  const reasons: (string | undefined)[] = []
  for (let attempt = 0; attempt < 300; attempt++) reasons.push((await refusalOf(call(attempt))).reason)
  return reasons.filter((reason) => reason !== 'too_many_calls').length
}

test('one address cannot try every handle, register without end, or guess at every account', async () => {
  const { accounts } = service.as()
  const accountId = randomBytes(32)
  expect(await read((attempt) => accounts.startRegistration({ accountId, handle: `try${attempt}` }))).toBe(
    100,
  )
  expect(await read(() => accounts.finishRegistration({}))).toBe(100)
  expect(await read((attempt) => accounts.startLogin({ handle: `try${attempt}` }))).toBe(100)
})

test('half an hour later there is as much again', async () => {
  const { accounts } = service.as()
  expect(await read(() => accounts.finishRegistration({}))).toBe(100)
  service.clock.advance(1_800_000)
  expect(await read(() => accounts.finishRegistration({}))).toBe(100)
})
