import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const passwordOf = (handle: string) => `password of ${handle}`

test('F16: the recovery sheet outlives a program that dies before it was shown, and then is forgotten', async () => {
  const anna = await openPerson(server, 'anna')
  expect(() => anna.client.security.recoverySheet()).toThrow('not_registered')
  const { recovery } = await anna.client.register({ handle: 'anna', name: 'A', password: passwordOf('anna') })
  const again = await reopen(server, anna)
  const sheet = { server: 'memory:', handle: 'anna', words: recovery }
  expect(again.client.security.recoverySheet()).toEqual(sheet)
  await again.client.security.sheetSeen()
  await again.client.security.sheetSeen()
  expect(again.client.security.recoverySheet()).toBeUndefined()
  const later = await reopen(server, again)
  expect(later.client.security.recoverySheet()).toBeUndefined()
})
