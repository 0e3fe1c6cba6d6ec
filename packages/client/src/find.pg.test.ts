import { isMessage } from '@bufbuild/protobuf'
import { SearchPeopleResponseSchema } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UnreachableError } from './errors.ts'
import { type Person, registerPerson } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let alice: Person
let bob: Person
beforeAll(async () => {
  server = await startTestServer()
  alice = await registerPerson(server, 'alisa')
  bob = await registerPerson(server, 'boris')
})
afterAll(() => server[Symbol.asyncDispose]())

const find = async (text: string) => (await bob.client.people.find(text)).map(({ handle }) => handle)

test('M12 who opens the account is found at once, who closes it is not found any more', async () => {
  expect(await find('Алиса')).toEqual([])
  await alice.client.settings.setVisibility('open')
  expect(await bob.client.people.find('алисв')).toEqual([
    { account: expect.stringMatching(/^[a-z2-7]{52}$/), handle: 'alisa', name: 'The alisa' },
  ])
  await alice.client.settings.setVisibility('closed')
  expect(await find('alisa')).toEqual([])
})

test('M12 what was opened or closed when the services died is made good after their start', async () => {
  await alice.client.settings.setVisibility('open')
  await server.restart()
  await expect.poll(() => find('alisa'), { timeout: 30_000 }).toEqual(['alisa'])
  await alice.client.settings.setVisibility('closed')
  await server.restart()
  expect(await find('alisa')).toEqual([])
})

test('M12 a death between storing and telling: closed is closed at once, opened is found after the next start', async () => {
  await alice.client.settings.setVisibility('open')
  server.outOfReach.add('directory')
  expect(await alice.client.settings.setVisibility('closed')).toMatchObject({ visibility: 'closed' })
  expect(await find('alisa')).toEqual([])
  await server.restart()
  server.outOfReach.clear()
  expect(await find('alisa')).toEqual([])

  server.outOfReach.add('directory')
  await alice.client.settings.setVisibility('open')
  server.outOfReach.clear()
  await server.restart()
  await expect.poll(() => find('alisa'), { timeout: 30_000 }).toEqual(['alisa'])
  await alice.client.settings.setVisibility('closed')
})

test('the directory shows nobody while it cannot ask accounts', async () => {
  await alice.client.settings.setVisibility('open')
  expect(await find('alisa')).toEqual(['alisa'])
  server.outOfReach.add('accounts')
  await expect(find('alisa')).rejects.toThrow(UnreachableError)
  server.outOfReach.clear()
  await alice.client.settings.setVisibility('closed')
})

test('who is blocked does not find the blocker, by id and by handle alone', async () => {
  await alice.client.settings.setVisibility('open')
  expect(await find('alisa')).toEqual(['alisa'])
  await alice.client.people.block('boris')
  expect(await find('alisa')).toEqual([])
  await alice.client.people.unblock('boris')
  expect(await find('alisa')).toEqual(['alisa'])
  await alice.client.settings.setVisibility('closed')
})

test('A2 somebody whose id is not that of the key is not shown', async () => {
  await alice.client.settings.setVisibility('open')
  bob.line.tamper = (answer) => {
    if (isMessage(answer, SearchPeopleResponseSchema)) answer.people[0]!.accountId[0]! ^= 1
  }
  expect(await find('alisa')).toEqual([])
  bob.line.tamper = () => {}
  await alice.client.settings.setVisibility('closed')
})

test('what is too short or too long is not asked; without a connection it is said so', async () => {
  const { people } = bob.client
  for (const text of ['', ' a ', '𝒜']) await expect(people.find(text)).rejects.toThrow('search_too_short')
  await expect(people.find('x'.repeat(65))).rejects.toThrow('search_too_long')
  bob.line.cut()
  await expect(people.find('alisa')).rejects.toThrow(UnreachableError)
  bob.line.mend()
})
