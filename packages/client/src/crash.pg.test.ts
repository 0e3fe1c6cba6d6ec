import { MessageId, randomId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Death, Mortal } from './testing/mortal.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const PEOPLE = 12
const CATCH_UP_MS = 20_000
let server: TestServer
let people: Mortal[]

beforeAll(async () => {
  server = await startTestServer()
  people = []
  for (let index = 0; index < PEOPLE; index++) {
    const handle = `person-${'abcdefghjkpq'[index]}`
    const person = new Mortal(server, handle)
    await (await person.client()).register({ handle, name: handle, password: `password of ${handle}` })
    people.push(person)
  }
})
afterAll(async () => {
  for (const person of people) await person.close()
  await server[Symbol.asyncDispose]()
})

test('F16: a client killed at any point loses, doubles, reorders and misreads nothing', async () => {
  let point = 0
  for (const [index, alice] of people.entries()) {
    for (const bob of people.slice(index + 1)) await tell(alice, bob, ++point)
  }
  const deaths = people.reduce((sum, person) => sum + person.deaths, 0)
  expect(deaths).toBeGreaterThanOrEqual(200)
  for (const { notices, shown, sent } of people) {
    expect([...sent.values()].filter((bytes) => bytes.size !== 1)).toEqual([])
    expect(notices).toEqual([])
    expect(new Set(shown).size).toBe(shown.length)
  }
}, 300_000)

/** A chat comes to be and both write in it; whoever acts dies at the point and goes on. */
async function tell(alice: Mortal, bob: Mortal, point: number): Promise<void> {
  const texts: string[] = []
  const write = async (author: Mortal, peer: Mortal, death: Death, text: string) => {
    const id = randomId(MessageId)
    texts.push(text)
    await author.survive(death, async (client) => {
      await client.send(client.findChat(`@${peer.handle}`), text, { id })
      await client.catchUp(CATCH_UP_MS)
    })
  }
  const read = (reader: Mortal, death: Death) =>
    reader.survive(death, (client) => client.catchUp(CATCH_UP_MS))

  await (await bob.client()).requests.ask(alice.handle)
  await alice.survive(deathAt(point), async (client) => {
    const { incoming } = await client.requests.list()
    const request = incoming.find(({ handle }) => handle === bob.handle)
    if (request) await client.requests.answer(request.id, 'allow')
    await client.catchUp(CATCH_UP_MS)
  })
  await write(alice, bob, deathAt(point), 'one')
  await read(bob, deathAt(point))
  await write(bob, alice, deathAt(point), 'two')
  await read(alice, deathAt(point))
  await write(alice, bob, deathAt(Math.ceil(point / 2)), 'three')
  await read(bob, deathAt(Math.ceil(point / 2)))
  await read(alice, { kind: 'step', after: 10_000 })
  await write(alice, bob, { kind: 'sent', after: 1 }, 'four')
  await write(bob, alice, { kind: 'sent', after: 1 }, 'five')
  await read(alice, { kind: 'step', after: 10_000 })

  const histories = await Promise.all([historyOf(alice, bob), historyOf(bob, alice)])
  expect(histories[0]).toEqual(histories[1])
  expect(histories[0]!.map(({ text }) => text)).toEqual(texts)
}

async function historyOf(person: Mortal, peer: Mortal) {
  const client = await person.client()
  const messages = await client.history(client.findChat(`@${peer.handle}`), { limit: 100 })
  return messages.map(({ id, seq, text }) => ({ id, seq, text }))
}

function deathAt(point: number): Death {
  const after = Math.ceil(point / 2)
  if (point % 2 === 0) return { kind: 'step', after }
  return { kind: 'disk', after, unsynced: (['lost', 'torn', 'kept'] as const)[after % 3]! }
}
