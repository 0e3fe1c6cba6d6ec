import { MemoryFiles } from '@veche/history'
import { ChatId, type MessageId, randomId } from '@veche/protocol'
import { type AppendRequest, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { UnreachableError } from './errors.ts'
import {
  catchUp,
  noticesOf,
  openAsMember,
  openChat,
  openPerson,
  type Person,
  registerPair,
  reopen,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const PATIENCE = { timeout: 20_000, interval: 50 }
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const summaryOf = ({ client }: Person) => client.chats()[0]!

describe('what was shown', () => {
  test('M22: counts messages of others, grows only, and survives the program', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    expect(summaryOf(alice)).toMatchObject({ unread: 0, read: 0n })
    expect(summaryOf(alice)).not.toHaveProperty('last')
    const texts = ['one', 'two', 'three', 'four']
    for (const text of texts) await bob.client.send(chat, text)
    expect(summaryOf(bob)).toMatchObject({ unread: 0, last: { text: 'four', state: 'waiting' } })
    await catchUp(bob, alice)
    expect(summaryOf(bob)).toMatchObject({ unread: 0, last: { text: 'four', state: 'sent' } })
    expect(summaryOf(alice)).toMatchObject({
      unread: 4,
      last: { text: 'four', from: { handle: bob.handle } },
    })
    const shown = await alice.client.history(chat, { limit: 10 })
    await alice.client.keeping.markRead(chat, shown[1]!.seq!)
    expect(summaryOf(alice)).toMatchObject({ unread: 2, read: shown[1]!.seq })
    await alice.client.keeping.markRead(chat, shown[0]!.seq!)
    expect(summaryOf(alice)).toMatchObject({ unread: 2, read: shown[1]!.seq })
    await alice.client.send(chat, 'mine')
    await catchUp(alice)
    expect(summaryOf(alice)).toMatchObject({ unread: 2, last: { text: 'mine' } })

    const again = await reopen(server, alice)
    expect(summaryOf(again)).toEqual({ ...summaryOf(alice) })
    await again.client.keeping.markRead(chat, 2n ** 63n)
    expect(summaryOf(again)).toMatchObject({ unread: 0, read: summaryOf(again).position })
    await bob.client.send(chat, 'five')
    await catchUp(bob, again)
    expect(summaryOf(again)).toMatchObject({ unread: 1, last: { text: 'five' } })
    await expect(again.client.keeping.markRead(randomId(ChatId), 1n)).rejects.toThrow('chat_unknown')
  })

  test('M22: more unread messages than a page of the history', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    for (let index = 0; index < 150; index++) await bob.client.send(chat, `text ${index}`)
    await catchUp(bob, alice)
    const shown = await alice.client.history(chat, { limit: 150 })
    expect(summaryOf(alice).unread).toBe(150)
    await alice.client.keeping.markRead(chat, shown[9]!.seq!)
    expect(summaryOf(alice).unread).toBe(140)
    await alice.client.keeping.markRead(chat, shown[140]!.seq!)
    expect(summaryOf(alice).unread).toBe(9)
  })
})

describe('on the server', () => {
  const KEPT = { device: true, server: true, ownServer: true, peerServer: true }

  test('M22: kept only while both wish it; the other hears of it, and keys for the archive stay away', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    expect(summaryOf(alice).kept).toEqual(KEPT)
    const wrapped: number[] = []
    for (const { line } of [alice, bob]) {
      line.onRequest = (method, input) => {
        if (method.name !== 'Append') return
        const { entry } = input as AppendRequest
        if (entry.case === 'application') wrapped.push(entry.value.wrappedKey.length)
      }
    }
    await alice.client.send(chat, 'kept')
    await catchUp(alice, bob)
    expect(await alice.client.keeping.set(chat, { server: false })).toEqual({
      ...KEPT,
      server: false,
      ownServer: false,
    })
    await bob.client.send(chat, 'bob does not know yet')
    await catchUp(bob)
    const ofBob = { ...KEPT, server: false, peerServer: false }
    expect(bob.events).toContainEqual({
      type: 'keeping',
      chat,
      with: expect.objectContaining({ handle: alice.handle }),
      kept: ofBob,
    })
    await bob.client.send(chat, 'bob knows')
    await catchUp(bob, alice)
    await alice.client.send(chat, 'alice knows')
    await catchUp(alice, bob)
    await bob.client.keeping.set(chat, { server: false })
    await alice.client.keeping.set(chat, { server: true })
    await catchUp(alice, bob)
    expect(summaryOf(alice).kept).toEqual({ ...KEPT, server: false, peerServer: false })
    await bob.client.keeping.set(chat, { server: true })
    await catchUp(alice)
    const again = await reopen(server, alice)
    expect(summaryOf(again).kept).toEqual(KEPT)
    await again.client.send(chat, 'kept again')
    await catchUp(again, bob)
    // Nobody encrypts before the device has caught up, so that only a race is like the first.
    expect(wrapped).toEqual([60, 0, 0, 0])
    expect(await textsOf(bob, chat)).toEqual([
      'kept',
      'bob does not know yet',
      'bob knows',
      'alice knows',
      'kept again',
    ])
    expect(await textsOf(again, chat)).toEqual(await textsOf(bob, chat))
    expect([...noticesOf(alice), ...noticesOf(bob), ...noticesOf(again)]).toEqual([])
  })

  test('M22: without the server nothing changes', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    alice.line.cut()
    await expect(alice.client.keeping.set(chat, { server: false, device: false })).rejects.toThrow(
      UnreachableError,
    )
    expect(summaryOf(alice).kept).toEqual(KEPT)
  })

  test('A19 M22: a profile that was put back begins an epoch before it writes, and nothing is lost', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await alice.client.send(chat, 'before')
    await catchUp(alice, bob)
    await alice.client.close()
    const yesterday = alice.files.snapshot()
    const today = await openPerson(server, alice.handle, MemoryFiles.from(yesterday))
    await today.client.keeping.set(chat, { server: false })
    for (const text of ['one', 'two']) await today.client.send(chat, text)
    await catchUp(today, bob)
    const { server: rpcs } = await openAsMember(server, today)
    const chatId = ChatId.toBytes(chat)
    await vi.waitFor(async () => {
      await rpcs.chats.setKept({ chatId, kept: false }) // sweeps
      const { entries } = await rpcs.chats.listEntries({ chatId, after: 2n })
      expect(entries.every(({ kind }) => kind === EntryKind.REMOVED)).toBe(true)
    }, PATIENCE)
    const restored = await openPerson(server, alice.handle, MemoryFiles.from(yesterday))
    await restored.client.send(chat, 'from the past')
    await catchUp(restored, bob)
    expect(noticesOf(restored)).toContain('unreadable')
    expect(await textsOf(bob, chat)).toEqual(['before', 'one', 'two', 'from the past'])
    expect(noticesOf(bob)).toEqual([])
  })
})

test('M22: off on the server and on here, and the reverse', async () => {
  const [alice, bob] = await registerPair(server)
  const chat = await openChat(alice, bob)
  await alice.client.keeping.set(chat, { server: false })
  await bob.client.keeping.set(chat, { device: false })
  const texts = ['one', 'two', 'three']
  for (const text of texts) await alice.client.send(chat, text)
  await catchUp(alice, bob)
  await bob.client.keeping.markRead(chat, 2n ** 62n)
  expect([await textsOf(alice, chat), await textsOf(bob, chat)]).toEqual([texts, []])
  expect(await kindsOf(alice, chat)).toEqual(new Set([EntryKind.REMOVED]))

  const [anna, boris] = [await openPerson(server, alice.handle, alice.files), bob]
  await anna.client.keeping.set(chat, { server: true, device: false })
  await boris.client.keeping.set(chat, { device: true })
  for (const text of texts) await anna.client.send(chat, `${text} again`)
  await catchUp(anna, boris)
  expect([await textsOf(anna, chat), await textsOf(boris, chat)]).toEqual([
    [],
    texts.map((text) => `${text} again`),
  ])
  const after = summaryOf(boris).position - BigInt(texts.length)
  expect(await kindsOf(boris, chat, after)).toEqual(new Set([EntryKind.APPLICATION]))
})

/** What the server has after a position, once nothing changes any more; the client is closed by it. */
async function kindsOf(person: Person, chat: ChatId, after = 0n): Promise<Set<EntryKind>> {
  const { server: rpcs } = await openAsMember(server, person)
  const chatId = ChatId.toBytes(chat)
  let kinds = new Set<EntryKind>()
  await vi.waitFor(async () => {
    const before = kinds
    const { chats } = await rpcs.chats.listChats({})
    if (!chats[0]!.ownKept) await rpcs.chats.setKept({ chatId, kept: false }) // sweeps
    kinds = new Set((await rpcs.chats.listEntries({ chatId, after })).entries.map(({ kind }) => kind))
    expect([kinds.size, kinds]).toEqual([1, before])
  }, PATIENCE)
  return kinds
}

describe('on this device', () => {
  test('M22: what was shown is erased, and what comes stays until it was shown', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    for (const text of ['one', 'two', 'three']) await bob.client.send(chat, text)
    await alice.client.send(chat, 'mine')
    await catchUp(bob, alice)
    const [first] = await alice.client.history(chat, { limit: 4 })
    expect(first).toMatchObject({ text: 'one' })
    await alice.client.keeping.markRead(chat, first!.seq!)
    const before = alice.files.snapshot()
    expect(await alice.client.keeping.set(chat, { device: false })).toMatchObject({ device: false })
    expect(alice.events).toContainEqual(expect.objectContaining({ type: 'keeping', chat }))
    ensureKeysAreGone(before, alice.files.snapshot(), chat)
    const unread = ['two', 'three']
    expect(await textsOf(alice, chat)).toEqual(unread)
    expect(summaryOf(alice)).toMatchObject({ unread: 2, kept: { device: false } })

    const again = await reopen(server, alice)
    expect(await textsOf(again, chat)).toEqual(unread)
    const shown = await again.client.history(chat, { limit: 3 })
    await again.client.keeping.markRead(chat, shown[0]!.seq!)
    expect(await textsOf(again, chat)).toEqual([shown[1]!.text])
    expect(summaryOf(again)).toMatchObject({ unread: 1, last: { text: shown[1]!.text } })
    await again.client.keeping.markRead(chat, shown[1]!.seq!)
    expect(await textsOf(again, chat)).toEqual([])
    expect(summaryOf(again)).not.toHaveProperty('last')

    const { id } = await again.client.send(chat, 'waits')
    expect(await textsOf(again, chat)).toEqual(['waits'])
    await catchUp(again)
    expect(await textsOf(again, chat)).toEqual([])
    const { acknowledged } = await again.client.send(chat, 'waits', { id }) // its id is known
    expect((await acknowledged).seq).toBeGreaterThan(0n)
    await bob.client.send(chat, 'four')
    await catchUp(bob, again)
    expect(await textsOf(again, chat)).toEqual(['four'])

    await again.client.keeping.set(chat, { device: true })
    await again.client.keeping.markRead(chat, 2n ** 62n)
    await again.client.send(chat, 'stays')
    await catchUp(again, bob)
    const later = await reopen(server, again)
    expect(await textsOf(later, chat)).toEqual(['four', 'stays'])
    const all = ['one', 'two', 'three', 'mine', 'waits', 'four', 'stays']
    expect(await textsOf(bob, chat)).toEqual(all)
    expect([...noticesOf(again), ...noticesOf(later)]).toEqual([])
  })

  test('F14 M22: on a full disk what was not erased can be read, and is erased when there is room', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await alice.client.keeping.set(chat, { device: false })
    await bob.client.send(chat, 'one')
    await catchUp(bob, alice)
    alice.files.capacityBytes = 1
    await expect(alice.client.keeping.markRead(chat, 2n ** 62n)).rejects.toMatchObject({
      name: 'NoSpaceError',
    })
    const again = await reopen(server, alice)
    expect(await textsOf(again, chat)).toEqual(['one'])
    expect(summaryOf(again)).toMatchObject({ unread: 1 })
    alice.files.capacityBytes = Number.POSITIVE_INFINITY
    await again.client.keeping.markRead(chat, 2n ** 62n)
    expect(await textsOf(again, chat)).toEqual([])
  })

  test('A13 M22: an own message that was erased is not taken again under its id', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const ids: MessageId[] = []
    for (let index = 0; index < 3; index++) ids.push((await alice.client.send(chat, `text ${index}`)).id)
    await catchUp(alice)
    await alice.client.keeping.set(chat, { device: false })
    expect(await textsOf(alice, chat)).toEqual([])
    for (const id of ids) await alice.client.send(chat, 'again', { id })
    await catchUp(alice, bob)
    expect(await textsOf(bob, chat)).toHaveLength(3)
  })
})

/** Whoever kept a copy of the old files finds no key to it in the new ones. */
function ensureKeysAreGone(
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
  chat: ChatId,
): void {
  const keys = [...before].filter(([path]) => path.includes(chat) && path.endsWith('key'))
  expect(keys).toHaveLength(2)
  const now = [...after.values()].map((content) => Buffer.from(content))
  for (const [path, key] of keys) {
    expect(after.has(path)).toBe(false)
    expect(now.some((content) => content.includes(Buffer.from(key)))).toBe(false)
  }
}
