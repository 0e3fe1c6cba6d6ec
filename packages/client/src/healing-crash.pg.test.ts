/** A device that comes into a chat anew, and dies on the way (A19, F16). */
import { MemoryFiles } from '@veche/history'
import { type ChatId, MessageId, randomId } from '@veche/protocol'
import { UnreachableError } from '@veche/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { type Death, Mortal } from './testing/mortal.ts'
import { CATCH_UP_MS, catchUp, openPerson, type Person, registerNew, textsOf } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const SOON = { timeout: 60_000 }
const stop = new AbortController()
let server: TestServer
let alice: Mortal
let bob: Person
let chat: ChatId

beforeAll(async () => {
  server = await startTestServer()
  alice = new Mortal(server, server.newHandle('alice'))
  const { handle } = alice
  await (await alice.client()).register({ handle, name: 'Alice', password: `password of ${handle}` })
  bob = await registerNew(server, 'bob')
  await bob.client.requests.ask(handle)
  const { incoming } = await (await alice.client()).requests.list()
  chat = (await (await alice.client()).requests.answer(incoming[0]!.id, 'allow')).chat!
  await (await alice.client()).catchUp(CATCH_UP_MS)
  await catchUp(bob)
  bob.client.connect(stop.signal).catch(() => {}) // a client that is closed
})
afterAll(async () => {
  stop.abort()
  await alice?.close()
  await server?.[Symbol.asyncDispose]()
})

const DEATHS: readonly Death[] = [
  ...[2, 4, 7, 11, 16, 22].map((after) => ({ kind: 'step', after }) as const),
  ...[1, 3, 6, 10, 15, 21].map((after, index) => {
    return { kind: 'disk', after, unsynced: (['lost', 'torn', 'kept'] as const)[index % 3]! } as const
  }),
]

test('F16 A19 a program that dies anywhere while it comes in anew is in the chat, with each message once', async () => {
  const texts: string[] = []
  for (const [index, death] of DEATHS.entries()) {
    const yesterday = alice.snapshot()
    const since = [`mine ${index}`, `his ${index}`]
    await (await alice.client()).send(chat, since[0]!)
    await (await alice.client()).catchUp(CATCH_UP_MS)
    await bob.client.send(chat, since[1]!)
    await expect.poll(() => textsOf(bob, chat), SOON).toEqual([...texts, ...since])
    await alice.close()

    alice = new Mortal(server, alice.handle, MemoryFiles.from(yesterday))
    const id = randomId(MessageId)
    const offline = `offline ${index}`
    texts.push(...since, offline)
    await alice.survive(death, async (client) => {
      await client.send(chat, offline, { id })
      await comeInAnew(client, offline)
    })
    expect([death, alice.deaths]).toEqual([death, 1])
    const again = await alice.client()
    await expect.poll(() => textsOf(bob, chat), SOON).toEqual(texts)
    await expect.poll(() => textsIn(again), SOON).toEqual(texts)
    await bob.client.send(chat, `goes on ${index}`)
    texts.push(`goes on ${index}`)
    await expect.poll(() => textsIn(again), SOON).toEqual(texts)
  }
}, 600_000)

test('A19 what was sent before the copy was made, and had not come back, is there once', async () => {
  const [person] = [await registerNew(server, 'carol')]
  await person.client.requests.ask(bob.handle)
  const { incoming } = await bob.client.requests.list()
  const own = (await bob.client.requests.answer(incoming[0]!.id, 'allow')).chat!
  await catchUp(person)
  person.line.onRequest = ({ name }) => {
    if (name === 'Append') person.line.losesAnswers = true
  }
  // What was stored would come by the stream, too, and perhaps first.
  person.line.tamper = () => {
    if (person.line.losesAnswers) throw new UnreachableError()
  }
  await person.client.send(own, 'sent, and not heard of')
  await expect(catchUp(person)).rejects.toThrow()
  await expect.poll(() => textsOf(bob, own), SOON).toEqual(['sent, and not heard of'])
  await person.client.close()
  const copy = person.files.snapshot()

  // The device goes on; then the copy takes its place.
  const gone = await openPerson(server, person.handle, MemoryFiles.from(copy))
  await catchUp(gone)
  await gone.client.send(own, 'since')
  await catchUp(gone)
  await gone.client.close()
  const restored = await openPerson(server, person.handle, MemoryFiles.from(copy))
  restored.client.connect(stop.signal).catch(() => {})
  const all = ['sent, and not heard of', 'since']
  await expect.poll(() => textsOf(restored, own), SOON).toEqual(all)
  await restored.client.send(own, 'goes on')
  for (const each of [bob, restored])
    await expect.poll(() => textsOf(each, own), SOON).toEqual([...all, 'goes on'])
})

const textsIn = async (client: Client) => {
  await client.catchUp(CATCH_UP_MS)
  return (await client.history(chat, { limit: 1000 })).map(({ text }) => text)
}

/** Until what it had written is in the log. */
async function comeInAnew(client: Client, text: string): Promise<void> {
  const isThere = async () => {
    await client.catchUp(CATCH_UP_MS)
    const messages = await client.history(chat, { limit: 1000 })
    return messages.some((message) => message.text === text && message.seq !== undefined)
  }
  for (let round = 0; round < 100 && !(await isThere()); round++);
}
