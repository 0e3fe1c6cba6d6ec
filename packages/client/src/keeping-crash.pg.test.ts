import { MessageId, randomId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { type Death, Mortal } from './testing/mortal.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const CATCH_UP_MS = 20_000
const ROUNDS = 54
let server: TestServer
let alice: Mortal
let bob: Mortal

beforeAll(async () => {
  server = await startTestServer()
  alice = await register('keeper-alice')
  bob = await register('keeper-bob')
  await (await bob.client()).requests.ask(alice.handle)
  const { incoming } = await (await alice.client()).requests.list()
  await (await alice.client()).requests.answer(incoming[0]!.id, 'allow')
  for (const person of [bob, alice]) await (await person.client()).catchUp(CATCH_UP_MS)
})
afterAll(async () => {
  for (const person of [alice, bob]) await person?.close()
  await server?.[Symbol.asyncDispose]()
})

async function register(handle: string): Promise<Mortal> {
  const person = new Mortal(server, handle)
  await (await person.client()).register({ handle, name: handle, password: `password of ${handle}` })
  return person
}

const chatOf = (client: Client) => client.chats()[0]!
const historyOf = (client: Client) => client.history(chatOf(client).chat, { limit: 1000 })
const textsIn = async (client: Client) => (await historyOf(client)).map(({ text }) => text)

test('F16 M22: killed at any point of erasing, nothing unread is lost, and nothing erased comes back', async () => {
  /** Of bob's, what alice was not shown. */
  let unread: string[] = []
  /** Shown and erased: they are seen no more. */
  const erased: string[] = []
  const sent: string[] = []
  const positions = new Map<string, bigint>()

  for (let round = 1; round <= ROUNDS; round++) {
    const death = deathAt(round)
    const texts = [`${round} one`, `${round} two`]
    await bob.survive(NEVER, async (client) => {
      for (const text of texts) await client.send(chatOf(client).chat, text)
      await client.catchUp(CATCH_UP_MS)
    })
    for (const { text, seq } of await historyOf(await bob.client())) positions.set(text, seq!)
    sent.push(...texts)
    unread.push(...texts)
    await alice.survive(round % 2 ? NEVER : death, (client) => client.catchUp(CATCH_UP_MS))
    const device = round % 3 === 0
    await alice.survive(death, async (client) => {
      expect(await textsIn(client)).toEqual(expect.arrayContaining(unread))
      await client.keeping.set(chatOf(client).chat, { device })
    })
    await alice.survive(death, async (client) => {
      const messages = await historyOf(client)
      const waiting = messages.filter(({ text }) => unread.includes(text))
      const { read } = chatOf(client)
      const upTo = waiting.at(round % 4 === 0 ? 0 : -1)
      // What is not there any more was marked by the life that ended.
      const gone = unread.filter((text) => !waiting.some((message) => message.text === text))
      expect(gone.filter((text) => positions.get(text)! > read)).toEqual([])
      if (upTo?.seq) await client.keeping.markRead(chatOf(client).chat, upTo.seq)
    })
    const id = randomId(MessageId)
    await alice.survive(death, async (client) => {
      await client.send(chatOf(client).chat, `${round} mine`, { id })
      await client.catchUp(CATCH_UP_MS)
    })
    sent.push(`${round} mine`)

    const client = await alice.client()
    const { read, unread: count, kept } = chatOf(client)
    const messages = await historyOf(client)
    unread = messages
      .filter(({ seq, from }) => seq! > read && from.handle === bob.handle)
      .map(({ text }) => text)
    expect(count).toBe(unread.length)
    expect(kept.device).toBe(device)
    expect(messages.filter(({ text }) => erased.includes(text))).toEqual([])
    if (!device) {
      expect(messages.map(({ text }) => text)).toEqual(unread)
      erased.push(...sent.filter((text) => !unread.includes(text)))
    }
  }
  expect(alice.deaths).toBeGreaterThanOrEqual(ROUNDS)
  await bob.survive(NEVER, (client) => client.catchUp(CATCH_UP_MS))
  const ofBob = await textsIn(await bob.client())
  expect(ofBob.toSorted()).toEqual(sent.toSorted())
  expect([...alice.notices, ...bob.notices]).toEqual([])
}, 300_000)

const NEVER: Death = { kind: 'step', after: 1_000_000 }

function deathAt(round: number): Death {
  const after = Math.ceil(round / 2)
  if (round % 2 === 0) return { kind: 'step', after: Math.ceil(after / 2) }
  return { kind: 'disk', after, unsynced: (['lost', 'torn', 'kept'] as const)[after % 3]! }
}
