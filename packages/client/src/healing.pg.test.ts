/** A device that cannot go on in a chat comes into it anew, by any other device of the chat (A10, A19). */
import { MemoryFiles } from '@veche/history'
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  catchUp,
  noticesOf,
  openChat,
  openPerson,
  type Person,
  registerPerson,
  textsOf,
} from './testing/people.ts'
import { everybodyTalks, expectTexts, follow, openGroup, say } from './testing/talking.ts'
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

/** Connected until the tests end. */
const stay = (person: Person) => void stops.push(follow(person))
const stateOf = ({ client }: Person, chat: ChatId) => client.chats().find((one) => one.chat === chat)?.state

/** Yesterday's profile in the place of today's. */
async function restore(person: Person, yesterday: ReturnType<MemoryFiles['snapshot']>): Promise<Person> {
  await person.client.close()
  return openPerson(server, person.handle, MemoryFiles.from(yesterday))
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
  stay(restored)
  await expect.poll(() => noticesOf(restored), SOON).toContain('rolled-back')
  stay(bob)
  await expect.poll(() => stateOf(restored, chat), SOON).toBe('open')
  await expectTexts([restored, bob], chat, ['before', 'mine, since', 'his, since', 'written offline'])
  console.info(`A19: usable again after ${Math.round(performance.now() - began)} ms`)
  await everybodyTalks([restored, bob], chat, await textsOf(bob, chat))
  expect(noticesOf(restored)).toEqual(['rolled-back', 'healed'])
  expect(noticesOf(bob)).toEqual(['replaced-device'])
})

test('A19 M13 yesterday’s profile comes into a group of five anew, with what it missed by its own commits', async () => {
  const others = [bob]
  for (const name of ['carol', 'dave', 'erin']) others.push(await registerPerson(server, `${name}${count}`))
  const chat = await openGroup(alice, ...others)
  await say(alice, chat, 'before')
  const yesterday = alice.files.snapshot()
  const texts = ['before', 'since', 'in the next epoch', 'and an answer']
  await say(alice, chat, texts[1]!)
  // A commit of her own that the old state does not know: it cannot follow the log any further.
  await alice.client.groups.setRights(chat, { invite: 'member' })
  await say(alice, chat, texts[2]!)
  await catchUp(bob)
  await say(bob, chat, texts[3]!)
  const restored = await restore(alice, yesterday)
  for (const person of others) stay(person)
  const began = performance.now()
  await restored.client.send(chat, 'written offline')
  stay(restored)
  await expectTexts([restored, ...others], chat, [...texts, 'written offline'])
  console.info(`A19, five: usable again after ${Math.round(performance.now() - began)} ms`)
  await everybodyTalks([restored, bob], chat, await textsOf(bob, chat))
  expect(noticesOf(restored)).toEqual(['rolled-back', 'healed'])
})

test('F15 A19 a chat whose file is damaged is there again, and its messages with it', async () => {
  const chat = await openChat(alice, bob)
  await say(alice, chat, 'one')
  await say(bob, chat, 'two')
  await catchUp(alice)
  await alice.client.close()
  const stored = alice.files.snapshot()
  const journal = stored.get(`chats/${chat}.journal`)!
  journal[journal.length - 20]! ^= 1
  const again = await openPerson(server, alice.handle, MemoryFiles.from(stored))
  expect(again.client.chats()).toEqual([])
  stay(again)
  stay(bob)
  const began = performance.now()
  await expect.poll(() => stateOf(again, chat), SOON).toBe('open')
  console.info(`F15: usable again after ${Math.round(performance.now() - began)} ms`)
  await expectTexts([again, bob], chat, ['one', 'two'])
  await everybodyTalks([again, bob], chat, ['one', 'two'])
  expect(noticesOf(again)).toEqual(['damaged'])
})

test('A19 M13 a chat that yesterday’s profile has never heard of is there again', async () => {
  await openChat(alice, bob)
  const yesterday = alice.files.snapshot()
  const chat = await openGroup(alice, bob)
  await say(alice, chat, 'one')
  const restored = await restore(alice, yesterday)
  stay(bob)
  stay(restored)
  await expectTexts([restored, bob], chat, ['one'])
  await everybodyTalks([bob, restored], chat, ['one'])
})
