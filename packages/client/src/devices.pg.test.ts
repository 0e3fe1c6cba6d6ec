import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  CATCH_UP_MS,
  noticesOf,
  openChat,
  openPerson,
  type Person,
  registerPerson,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let count = 0
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function pair(): Promise<[Person, Person]> {
  const name = `d-${'abcefghjkp'[count++]}`
  return [await registerPerson(server, `${name}-alice`), await registerPerson(server, `${name}-bob`)]
}
const catchUp = ({ client }: Person) => client.catchUp(CATCH_UP_MS)

/** The same person on a new device, with an empty profile. */
async function onNewDevice(person: Person): Promise<Person> {
  const { account } = person.client.account as { account: Parameters<TestServer['retireDevices']>[0] }
  await person.client.close()
  await server.retireDevices(account)
  const renewed = await openPerson(server, person.handle)
  await renewed.client.login({ handle: person.handle, password: `password of ${person.handle}` })
  return renewed
}

test('who signs in on a new device is brought into the chats again by the other', async () => {
  const [alice, bob] = await pair()
  const chat = await openChat(alice, bob)
  const renewed = await onNewDevice(alice)
  await catchUp(renewed)
  expect(renewed.client.chats()).toEqual([])
  await catchUp(bob)
  expect(noticesOf(bob)).toEqual(['new-device'])
  await catchUp(renewed)
  await renewed.client.send(chat, 'from the new device')
  await bob.client.send(chat, 'to the new device')
  await catchUp(renewed)
  await catchUp(bob)
  await catchUp(renewed)
  expect(await textsOf(bob, chat)).toEqual(['from the new device', 'to the new device'])
  expect(await textsOf(renewed, chat)).toEqual(['from the new device', 'to the new device'])
  expect(noticesOf(renewed)).toEqual([])
})

test('a device that comes while the other follows is brought in at once', async () => {
  const [alice, bob] = await pair()
  const chat = await openChat(alice, bob)
  const stop = new AbortController()
  const following = bob.client.connect(stop.signal)
  const renewed = await onNewDevice(alice)
  const other = renewed.client.connect(stop.signal)
  await expect.poll(() => renewed.client.chats().map((one) => one.chat), { timeout: 20_000 }).toEqual([chat])
  stop.abort()
  await Promise.all([following, other])
})
