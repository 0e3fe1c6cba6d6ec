/**
 * A9: the server shows different people different histories (RFC 9750 section 5.2). Each message carries what its
 * writer had seen of the log, unseen by the server, so the first that crosses a split raises the alarm.
 */
import { ChatId } from '@veche/protocol'
import { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  altered,
  introduce,
  items,
  leftOut,
  listen,
  noticesOf,
  nth,
  PairScene,
  say,
  swapped,
  type Tampering,
  textsOf,
  withheld,
} from '@veche/testkit/evil-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

let scene: PairScene
beforeAll(async () => {
  scene = await PairScene.set()
})
afterEach(() => scene.end())
afterAll(() => scene[Symbol.asyncDispose]())

describe('A9 a log that was changed for one', () => {
  const flipped = (bytes: Uint8Array) => bytes.with(0, bytes[0]! ^ 1)
  test.each<[string, Tampering, { shown: string[]; notices: string[] }]>([
    ['by leaving a message out', leftOut(nth(1)), { shown: ['two', 'three'], notices: ['fork'] }],
    [
      'in a place that only the archive needs',
      altered(nth(1), ({ wrappedKey }) => ({ wrappedKey: flipped(wrappedKey) })),
      { shown: ['one', 'two', 'three'], notices: ['fork'] },
    ],
    [
      'in its ciphertext',
      altered(nth(1), ({ mlsMessage }) => ({ mlsMessage: mlsMessage.with(-1 + mlsMessage.length, 0) })),
      { shown: ['two', 'three'], notices: ['unreadable', 'fork'] },
    ],
    [
      'by calling a message removed though nobody had it',
      altered(nth(1), () => ({ kind: EntryKind.REMOVED, entryHash: new Uint8Array(32) })),
      { shown: ['two', 'three'], notices: ['unreadable', 'fork'] },
    ],
  ])('%s is missed with the first message of who had seen it', async (_what, tampering, expected) => {
    const { alice, bob, chat } = await scene.begin()
    bob.line.tamper(tampering)
    for (const text of ['one', 'two']) await say(alice, chat, text)
    await listen(bob)
    expect(await textsOf(bob, chat)).toEqual(expected.shown.slice(0, -1))
    expect(noticesOf(bob)).toEqual(expected.notices)
    bob.line.tamper()
    await say(alice, chat, 'three')
    await listen(bob)
    expect(await textsOf(bob, chat)).toEqual(expected.shown)
  })
})

test('A9 messages in another order than they were written in are shown with the alarm', async () => {
  const { alice, bob, chat } = await scene.begin()
  bob.line.tamper(swapped(nth(1)))
  // Both go before the first comes back, so that neither says that it has seen the other.
  alice.line.tamper(withheld(() => true))
  await say(alice, chat, 'sell nothing', 'until I say so')
  await listen(bob)
  expect(await textsOf(bob, chat)).toEqual(['until I say so', 'sell nothing'])
  expect(noticesOf(bob)).toEqual(['fork'])
})

test('A9 one’s own messages at other places than the server has given them are shown with the alarm', async () => {
  const { alice, chat } = await scene.begin()
  alice.line.tamper(swapped(nth(1)))
  await say(alice, chat, 'sell nothing', 'until I say so')
  await listen(alice)
  expect(await textsOf(alice, chat)).toEqual(['until I say so', 'sell nothing'])
  expect(noticesOf(alice)).toEqual(['fork'])
})

test('A9 two truths: the first message that crosses from one into the other raises the alarm', async () => {
  const { server, alice, bob, chat } = await scene.begin()
  await server.fork(bob)
  await say(alice, chat, 'alice alone')
  await say(bob, chat, 'bob alone')
  expect([...noticesOf(alice), ...noticesOf(bob)]).toEqual([])
  const ofAlice = alice.line.log(ChatId.toBytes(chat))!.entries.at(-1)!
  bob.line.log(ChatId.toBytes(chat))!.append(ofAlice)
  await listen(bob)
  expect(noticesOf(bob)).toEqual([])
  await say(alice, chat, 'and again')
  bob.line.log(ChatId.toBytes(chat))!.append(alice.line.log(ChatId.toBytes(chat))!.entries.at(-1)!)
  await listen(bob)
  expect(noticesOf(bob)).toEqual(['fork'])
})

test('A9 a server brought back in secret, which gives the places away again, is found out', async () => {
  const { alice, bob, chat } = await scene.begin()
  await say(alice, chat, 'one')
  await listen(bob)
  // For Bob it goes on as it was, but for what Alice had written.
  const log = alice.line.log(ChatId.toBytes(chat))!
  log.forget(1)
  await say(bob, chat, 'two')
  await listen(alice)
  expect(noticesOf(alice)).toContain('server-behind')
  expect(await textsOf(alice, chat)).toEqual(['one'])
})

test('A9 M15 a server brought back to an older state is told, nothing is sent over it, and the chat is begun anew', async () => {
  const { server, alice, bob, chat } = await scene.begin()
  await server.remember()
  await say(alice, chat, 'one')
  await listen(bob)
  server.rollBack()
  for (const { line } of [alice, bob]) line.showRealLogs()
  const before = alice.line.calls.length
  await alice.client.send(chat, 'kept')
  await listen(alice)
  expect(noticesOf(alice)).toEqual(['server-behind', 'begun-anew'])
  const calls = alice.line.calls.slice(before).map(({ name }) => name)
  expect(calls.slice(0, calls.indexOf('ResetChat'))).not.toContain('Append')
  await listen(bob)
  expect(noticesOf(bob)).toEqual(['begun-anew'])
  for (const person of [alice, bob]) expect(await textsOf(person, chat)).toEqual(['one', 'kept'])
})

test('A9 a Welcome with a wrong place in the log is found out by the first message', async () => {
  const { server, alice } = await scene.begin()
  const bob = await server.welcome('robert')
  bob.line.tamper(
    items((item) => {
      if (item.item.case === 'welcome') item.item.value.logHash = new Uint8Array(32).fill(7)
      return [item]
    }),
  )
  const chat = await introduce(alice, bob)
  await say(alice, chat, 'hello')
  await listen(bob)
  expect(noticesOf(bob)).toEqual(['fork'])
})
