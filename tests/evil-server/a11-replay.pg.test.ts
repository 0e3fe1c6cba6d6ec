/**
 * A11: what was shown once is shown again as if it were new (RFC 9750 section 8.6). A message's id is inside what its
 * sender signed, and is remembered for ever; a key opens one ciphertext once. What a member could do, who can encrypt
 * again what was said before, is tested in packages/sync/src/receive-entry.test.ts.
 */
import { ChatId } from '@veche/protocol'
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  type EvilServer,
  entries,
  introduce,
  listen,
  noticesOf,
  nth,
  PairScene,
  say,
  textsOf,
  twice,
  type Victim,
} from '@veche/testkit/evil-server'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

let scene: PairScene
let server: EvilServer
let alice: Victim
let bob: Victim
let chat: ChatId
beforeAll(async () => {
  scene = await PairScene.set()
})
afterAll(() => scene[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ server, alice, bob, chat } = await scene.begin())
  await say(alice, chat, 'pay ten')
  await listen(bob)
})
afterEach(() => scene.end())

const ofAlice = (): Entry => bob.line.log(ChatId.toBytes(chat))!.entries.at(-1)!
const replayed = (become: (entry: Entry) => Partial<Entry>) =>
  entries(nth(1), (entry) => [{ ...entry, ...become(entry) }, entry])

test('A11 an entry that comes twice is shown once', async () => {
  bob.line.tamper(twice(nth(1)))
  await say(alice, chat, 'and no more')
  await listen(bob)
  expect(await textsOf(bob, chat)).toEqual(['pay ten', 'and no more'])
  expect(noticesOf(bob)).toEqual(['unreadable'])
})

test.each<[string, (next: Entry) => Partial<Entry>]>([
  ['as it was', () => ofAlice()],
  ['under the id of another message', ({ messageId }) => ({ ...ofAlice(), messageId })],
  ['with the content of another', ({ contentCiphertext }) => ({ ...ofAlice(), contentCiphertext })],
  ['with the key of another', ({ mlsMessage }) => ({ ...ofAlice(), mlsMessage })],
])('A11 an old message %s is not shown again', async (_how, become) => {
  const old = ofAlice()
  bob.line.tamper(replayed((entry) => ({ ...old, ...become(entry) })))
  await say(alice, chat, 'and no more')
  await listen(bob)
  const texts = await textsOf(bob, chat)
  expect(texts.filter((text) => text === 'pay ten')).toHaveLength(1)
  expect(noticesOf(bob)).toContain('unreadable')
})

test('A11 a message to one chat is none in another', async () => {
  const chatWithCarol = await introduce(alice, await server.welcome('carol'))
  await say(alice, chatWithCarol, 'pay carol twenty')
  const elsewhere = alice.line.log(ChatId.toBytes(chatWithCarol))!.entries.at(-1)!
  bob.line.tamper(replayed(() => elsewhere))
  await say(alice, chat, 'and no more')
  await listen(bob)
  expect(await textsOf(bob, chat)).toEqual(['pay ten', 'and no more'])
  expect(noticesOf(bob)).toEqual(['unreadable'])
})

test("A11 A19 a device's own words do not come back as new, and do not make it think that it was put back", async () => {
  const own = alice.line.log(ChatId.toBytes(chat))!.entries.at(-1)!
  alice.line.tamper(replayed(() => own))
  await say(alice, chat, 'and no more')
  expect(await textsOf(alice, chat)).toEqual(['pay ten', 'and no more'])
  // The new one stands a place after where the server said (A9).
  expect(noticesOf(alice)).toEqual(['replayed', 'fork'])
  expect(alice.client.chats()).toMatchObject([{ state: 'open' }])
})
