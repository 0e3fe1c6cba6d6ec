/** A device that cannot go on in a chat comes into it anew, by any other device of the chat (A10, A19). */
import { MemoryFiles } from '@veche/history'
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { noticesOf, openChat, openPerson, type Person, registerPerson, textsOf } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const SOON = { timeout: 60_000 }

let server: TestServer
let count = 0
let alice: Person
let bob: Person
const stops: AbortController[] = []

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  for (const stop of stops) stop.abort()
  await server[Symbol.asyncDispose]()
})
beforeEach(async () => {
  count++
  alice = await registerPerson(server, `alice${count}`)
  bob = await registerPerson(server, `bob${count}`)
})

/** Stays connected until the test ends. */
function follow({ client }: Person): void {
  const stop = new AbortController()
  stops.push(stop)
  client.connect(stop.signal).catch(() => {}) // a client that is closed
}

const stateOf = ({ client }: Person, chat: ChatId) => client.chats().find((one) => one.chat === chat)?.state
const catchUp = ({ client }: Person) => client.catchUp(20_000)

async function say(person: Person, chat: ChatId, text: string): Promise<void> {
  await person.client.send(chat, text)
  await catchUp(person)
}

/** Yesterday's profile in the place of today's. */
async function restore(person: Person, yesterday: ReturnType<MemoryFiles['snapshot']>): Promise<Person> {
  await person.client.close()
  return openPerson(server, person.handle, MemoryFiles.from(yesterday))
}

async function expectTexts(people: readonly Person[], chat: ChatId, texts: readonly string[]): Promise<void> {
  for (const person of people) await expect.poll(() => textsOf(person, chat), SOON).toEqual(texts)
}

/** Each writes something that everybody reads. */
async function everybodyTalks(people: readonly Person[], chat: ChatId, before: readonly string[]) {
  const all = [...before]
  for (const [index, person] of people.entries()) {
    const text = `${person.handle} writes (${index})`
    all.push(text)
    await person.client.send(chat, text)
    await expectTexts(people, chat, all)
  }
  return all
}

test('A19 M14 yesterday’s profile comes into a private chat anew, and nothing is missing or doubled', async () => {
  const chat = await openChat(alice, bob)
  await say(alice, chat, 'before')
  const yesterday = alice.files.snapshot()
  await say(alice, chat, 'mine, since')
  await say(bob, chat, 'his, since')
  await catchUp(alice)
  const restored = await restore(alice, yesterday)
  const began = performance.now()
  await restored.client.send(chat, 'written offline')
  follow(restored)
  await expect.poll(() => noticesOf(restored), SOON).toContain('rolled-back')
  follow(bob)
  await expect.poll(() => stateOf(restored, chat), SOON).toBe('open')
  await expectTexts([restored, bob], chat, ['before', 'mine, since', 'his, since', 'written offline'])
  console.info(`A19: usable again after ${Math.round(performance.now() - began)} ms`)
  await everybodyTalks([restored, bob], chat, await textsOf(bob, chat))
  expect(noticesOf(restored)).toEqual(['rolled-back', 'healed'])
  expect(noticesOf(bob)).toEqual(['replaced-device'])
})
