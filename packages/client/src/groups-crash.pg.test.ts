import { MessageId, randomId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Death, Mortal } from './testing/mortal.ts'
import { CATCH_UP_MS, type Person, registerPerson, textsOf } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

/** How often it dies; each time two steps later. */
const DEATHS = 36
/** Key packages of one person are given out six times at once. */
const GROUPS_EACH = 3
let server: TestServer
let alice: Mortal
let bob: Person

beforeAll(async () => {
  server = await startTestServer()
  alice = new Mortal(server, 'alice')
  const client = await alice.client()
  await client.register({ handle: 'alice', name: 'Alice', password: 'password of alice' })
})
afterAll(async () => {
  await alice.close()
  await server[Symbol.asyncDispose]()
})

test('F16 M13: a client killed at any point makes its group once, brings in whom it wished, and loses nothing', async () => {
  for (let point = 1; point <= DEATHS; point++) {
    if (point % GROUPS_EACH === 1) bob = await newGuest(point)
    const [name, id] = [`Group ${point}`, randomId(MessageId)]
    const chat = await alice.survive(deathAt(point), async (client) => {
      const begun = client.chats().find((one) => one.type === 'group' && one.name === name)
      const { chat } = begun ?? (await client.groups.create({ name }))
      await client.catchUp(CATCH_UP_MS)
      await client.groups.add(chat, bob.handle)
      await client.groups.rename(chat, { description: 'All of us' })
      await client.send(chat, 'hello', { id })
      await client.catchUp(CATCH_UP_MS)
      return chat
    })
    await bob.client.catchUp(CATCH_UP_MS)
    const seen = bob.client.chats().find((one) => one.chat === chat)
    expect(seen).toMatchObject({ name, description: 'All of us', people: 2, state: 'open' })
    expect(await textsOf(bob, chat)).toEqual(['hello'])
  }
  expect(alice.deaths).toBeGreaterThanOrEqual(DEATHS / 2)
  expect([...alice.sent.values()].filter((bytes) => bytes.size !== 1)).toEqual([])
  expect(alice.notices).toEqual([])
  expect((await alice.client()).chats()).toHaveLength(DEATHS)
}, 300_000)

async function newGuest(number: number): Promise<Person> {
  const guest = await registerPerson(server, `bob${number}`)
  await guest.client.settings.setAcceptance('allowed')
  return guest
}

function deathAt(point: number): Death {
  if (point % 2 === 0) return { kind: 'step', after: point }
  return { kind: 'disk', after: point, unsynced: (['lost', 'torn', 'kept'] as const)[point % 3]! }
}
