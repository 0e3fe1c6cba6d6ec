/** A1: the server says that it has lost a part of a chat, to have it begun anew where nothing is wrong. */
import { ChatId } from '@veche/protocol'
import { ListChatsResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  answers,
  listen,
  noticesOf,
  PairScene,
  say,
  type Tampering,
  textsOf,
} from '@veche/testkit/evil-server'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

let scene: PairScene
beforeAll(async () => {
  scene = await PairScene.set()
})
afterEach(() => scene.end())
afterAll(() => scene[Symbol.asyncDispose]())

const lyingAboutHeads = answers(ListChatsResponseSchema, (answer) => {
  for (const chat of answer.chats) chat.head = 1n
})

test.each<[string, Tampering[], boolean]>([
  ['by the stream alone: the device looks, and does nothing', [], false],
  ['by every answer: the log is not where it says, and nothing is stored', [lyingAboutHeads], true],
])('A1 A9 %s', async (_how, lies, isTried) => {
  const { alice, bob, chat } = await scene.begin()
  await say(alice, chat, 'one', 'two')
  await listen(bob)
  alice.line.log(ChatId.toBytes(chat))!.forget(1)
  alice.line.tamper(...lies)
  const before = alice.line.calls.length
  await alice.client.send(chat, 'waits')
  await listen(alice)
  const calls = alice.line.calls.slice(before).map(({ name }) => name)
  expect(calls.includes('ResetChat')).toBe(isTried)
  expect(noticesOf(alice)).toEqual(['server-behind'])
  alice.line.honest()
  alice.line.showRealLogs()
  await listen(alice)
  await listen(bob)
  expect(noticesOf(bob)).toEqual([])
  for (const person of [alice, bob]) expect(await textsOf(person, chat)).toEqual(['one', 'two', 'waits'])
})
