/** Whoever dies while a chat is begun anew goes on with what was stored (F16, F24). */
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { type Death, Mortal } from './testing/mortal.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const CATCH_UP_MS = 20_000
/** Of each kind; each time one step later. */
const DEATHS = 16
const NEVER: Death = { kind: 'step', after: Number.POSITIVE_INFINITY }
let server: TestServer
let alice: Mortal
let bob: Mortal
let chat: ChatId

beforeAll(async () => {
  server = await startTestServer()
  alice = await register('mortal-alice')
  bob = await register('mortal-bob')
  await (await bob.client()).requests.ask(alice.handle)
  const { incoming } = await (await alice.client()).requests.list()
  const answer = await (await alice.client()).requests.answer(incoming[0]!.id, 'allow')
  chat = answer.chat!
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

const textsIn = async (client: Client) =>
  (await client.history(chat, { limit: 1000 })).map(({ text }) => text)
const sorted = async (person: Mortal) => (await textsIn(await person.client())).toSorted()

test('F16 F24 killed at any point of it, by its disk or not, everything is there once and the chat goes on', async () => {
  const texts: string[] = []
  const say = async (person: Mortal, death: Death, text: string) => {
    await person.survive(NEVER, (client) => client.send(chat, text))
    await person.survive(death, (client) => client.catchUp(CATCH_UP_MS))
    texts.push(text)
  }
  for (let point = 1; point <= DEATHS; point++) {
    const restore = await server.copy()
    await say(alice, NEVER, `${point} lost`)
    await bob.survive(NEVER, (client) => client.catchUp(CATCH_UP_MS))
    await restore()
    const deaths = [
      { kind: 'step', after: 2 * point },
      { kind: 'disk', after: point, unsynced: (['lost', 'torn', 'kept'] as const)[point % 3]! },
    ] as const
    // One begins it, the other goes on in it; both die on the way.
    await say(alice, deaths[point % 2]!, `${point} meanwhile`)
    await say(bob, deaths[(point + 1) % 2]!, `${point} after`)
    await alice.survive(NEVER, (client) => client.catchUp(CATCH_UP_MS))
    for (const person of [alice, bob]) expect(await sorted(person)).toEqual(texts.toSorted())
  }
  expect(alice.deaths + bob.deaths).toBeGreaterThan(DEATHS / 2)
  for (const person of [alice, bob]) {
    const unforeseen = person.notices.filter(
      (event) => event.type === 'notice' && !['begun-anew', 'server-behind'].includes(event.notice),
    )
    expect(unforeseen).toEqual([])
  }
}, 600_000)
