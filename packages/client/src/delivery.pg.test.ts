import { isMessage } from '@bufbuild/protobuf'
import { bytesToHex } from '@noble/hashes/utils.js'
import { MemoryFiles } from '@veche/history'
import { view } from '@veche/mls'
import { type ChatId, MessageId, randomId } from '@veche/protocol'
import {
  type AppendRequest,
  ListEntriesResponseSchema,
  SubscribeResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { UnreachableError, UsageError } from './errors.ts'
import { refusedFor } from './testing/failures.ts'
import {
  CATCH_UP_MS,
  catchUp,
  noticesOf,
  openAsMember,
  openChat,
  openPerson,
  registerPair,
  reopen,
  type TestMember,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const STORM_ROUNDS = process.env.VECHE_LONG === '1' ? 200 : 25
const PATIENCE = { timeout: 30_000, interval: 50 }
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

/** Two new people; their handles are unlike all others. */
describe('asking', () => {
  test('M11 M14: where confirmation is asked for, the one who allows makes the chat', async () => {
    const [alice, bob] = await registerPair(server)
    expect(await bob.client.requests.ask(alice.handle)).toMatchObject({ status: 'pending' })
    expect(await bob.client.requests.ask(alice.handle)).toMatchObject({ status: 'pending' })
    expect((await bob.client.requests.list()).outgoing).toMatchObject([
      { handle: alice.handle, status: 'pending' },
    ])
    const { incoming } = await alice.client.requests.list()
    expect(incoming).toMatchObject([{ handle: bob.handle, direction: 'incoming', name: `The ${bob.handle}` }])
    expect(await alice.client.requests.answer(incoming[0]!.id, 'allow')).toMatchObject({ status: 'open' })
    expect(await alice.client.requests.answer(incoming[0]!.id, 'allow')).toMatchObject({ status: 'open' })
    await catchUp(bob)
    expect(await bob.client.contacts()).toMatchObject([{ handle: alice.handle }])
    expect(await bob.client.requests.ask(alice.handle)).toMatchObject({ status: 'open' })
    expect(bob.events).toContainEqual(expect.objectContaining({ type: 'chat' }))
  })

  test('M11: where anyone is allowed, the one who asks makes the chat at once', async () => {
    const [alice, bob] = await registerPair(server)
    await alice.client.settings.setAcceptance('allowed')
    expect(await bob.client.requests.ask(alice.handle)).toMatchObject({ status: 'open' })
    await catchUp(alice)
    expect(alice.client.chats()).toMatchObject([{ with: { handle: bob.handle }, state: 'open' }])
  })

  test('a refusal is told to the one who asked; crossing requests merge', async () => {
    const [alice, bob] = await registerPair(server)
    await bob.client.requests.ask(alice.handle)
    const { incoming } = await alice.client.requests.list()
    expect(await alice.client.requests.answer(incoming[0]!.id, 'refuse')).toEqual({ status: 'refused' })
    await vi.waitFor(async () => {
      await catchUp(bob)
      expect(bob.events).toContainEqual(expect.objectContaining({ type: 'request', status: 'refused' }))
    }, PATIENCE)
    expect(await bob.client.requests.ask(alice.handle)).toMatchObject({ status: 'refused' })
    const [carol, dave] = await registerPair(server)
    await carol.client.requests.ask(dave.handle)
    expect(await dave.client.requests.ask(carol.handle)).toMatchObject({ status: 'open' })
    await catchUp(carol)
    expect(carol.client.chats()).toHaveLength(1)
  })

  test('B6: nobody, and one who forbids, look like one who is asked', async () => {
    const [alice, bob] = await registerPair(server)
    await alice.client.settings.setAcceptance('forbidden')
    expect(await bob.client.requests.ask(alice.handle)).toMatchObject({ status: 'pending' })
    expect(await bob.client.requests.ask('nobody-at-all')).toMatchObject({ status: 'pending' })
    await expect(bob.client.requests.ask(bob.handle)).rejects.toEqual(refusedFor('own_handle'))
    await expect(alice.client.requests.answer('not an id', 'allow')).rejects.toEqual(
      refusedFor('request_unknown'),
    )
    await expect(alice.client.requests.answer('a'.repeat(26), 'allow')).rejects.toEqual(
      refusedFor('request_unknown'),
    )
    await catchUp(alice)
  })
})

describe('the line', () => {
  test('F7: what is written offline is kept, also over a restart, and sent in order', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    bob.line.cut()
    const texts = ['one', 'two', 'three']
    for (const text of texts) await bob.client.send(chat, text)
    await expect(catchUp(bob)).rejects.toThrow(UnreachableError)
    expect(await bob.client.history(chat, { limit: 2 })).toMatchObject([
      { text: 'two', state: 'waiting' },
      { text: 'three', state: 'waiting' },
    ])
    const again = await reopen(server, bob)
    expect(again.client.chats()).toMatchObject([{ waiting: 3 }])
    await catchUp(again)
    await catchUp(alice)
    expect(await textsOf(alice, chat)).toEqual(texts)
    expect(again.client.chats()).toMatchObject([{ waiting: 0 }])
  })

  test('F8: lost answers lose and double nothing; every retry sends the same bytes', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const sent = new Map<string, Set<string>>()
    alice.line.onRequest = (method, input) => {
      if (method.name !== 'Append') return
      const { messageId, entry } = input as AppendRequest
      const id = bytesToHex(messageId)
      const bytes = entry.case === 'application' ? bytesToHex(entry.value.mlsMessage) : ''
      sent.set(id, (sent.get(id) ?? new Set()).add(bytes))
    }
    const stop = new AbortController()
    const connected = alice.client.connect(stop.signal)
    await vi.waitFor(
      () => expect(alice.events).toContainEqual({ type: 'connection', state: 'connected' }),
      PATIENCE,
    )
    const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`)
    const receipts = []
    for (const [index, text] of texts.entries()) {
      alice.line.losesAnswers = index % 3 === 1
      receipts.push(await alice.client.send(chat, text))
    }
    alice.line.losesAnswers = false
    await Promise.all(receipts.map(({ acknowledged }) => acknowledged))
    await catchUp(alice)
    stop.abort()
    await connected
    await catchUp(bob)
    expect(await textsOf(bob, chat)).toEqual(texts)
    expect(await textsOf(alice, chat)).toEqual(texts)
    expect([...sent.values()].every((bytes) => bytes.size === 1)).toBe(true)
    expect([...noticesOf(alice), ...noticesOf(bob)]).toEqual([])
  })

  test('F1 F7: both follow while the server restarts and lines break, and read each other', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const stop = new AbortController()
    const connected = [alice.client.connect(stop.signal), bob.client.connect(stop.signal)]
    const sent = []
    for (let index = 0; index < 12; index++) {
      const author = index % 2 ? alice : bob
      sent.push(await author.client.send(chat, `text ${index}`))
      if (index === 4) await server.restart()
      if (index === 7) alice.line.cut()
      if (index === 9) alice.line.mend()
    }
    await Promise.all(sent.map(({ acknowledged }) => acknowledged))
    await Promise.all([catchUp(alice), catchUp(bob)])
    stop.abort()
    await Promise.all(connected)
    await Promise.all([catchUp(alice), catchUp(bob)])
    const [ofAlice, ofBob] = [await textsOf(alice, chat), await textsOf(bob, chat)]
    expect(ofAlice).toEqual(ofBob)
    expect(ofAlice.toSorted()).toEqual(Array.from({ length: 12 }, (_, index) => `text ${index}`).toSorted())
    for (const { events } of [alice, bob]) {
      const shown = events.flatMap((event) => (event.type === 'message' ? [event.text] : []))
      expect(shown).toEqual(ofAlice)
    }
  })

  test('a message that was taken under an id is not taken again', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const { id } = await alice.client.send(chat, 'once')
    await alice.client.send(chat, 'once', { id })
    await catchUp(alice)
    const { acknowledged } = await alice.client.send(chat, 'once', { id })
    expect(await acknowledged).toMatchObject({ seq: expect.any(BigInt) })
    expect(await textsOf(alice, chat)).toEqual(['once'])
    await expect(alice.client.send(chat, '')).rejects.toThrow(UsageError)
    await expect(alice.client.send(chat, 'x'.repeat(16_001))).rejects.toThrow('text_too_long')
    expect(() => alice.client.findChat('@nobody')).toThrow(UsageError)
    await expect(alice.client.history('nothing' as ChatId, { limit: 1 })).rejects.toThrow('chat_unknown')
  })

  test('what waits when the client is closed is told as not acknowledged, and kept', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const { acknowledged } = await alice.client.send(chat, 'later')
    await alice.client.close()
    await expect(acknowledged).rejects.toThrow(UnreachableError)
    const again = await openPerson(server, alice.handle, alice.files)
    await catchUp(again)
    expect(await textsOf(again, chat)).toEqual(['later'])
  })
})

describe('epochs', () => {
  test('A7: two commits at once: one wins, the other is made again, and nobody is lost', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const members = await Promise.all([openAsMember(server, alice), openAsMember(server, bob)])
    for (let round = 0; round < 5; round++) {
      await Promise.all(members.map((member) => prepareUpdate(member, chat)))
      await Promise.all(members.map((member) => say(member, chat, `round ${round}`)))
      await Promise.all(members.map(({ delivery }) => delivery.catchUp(CATCH_UP_MS)))
    }
    for (const { delivery } of members) await delivery.catchUp(CATCH_UP_MS)
    const [ofAlice, ofBob] = await Promise.all(members.map((member) => idsIn(member, chat)))
    expect(ofAlice).toHaveLength(10)
    expect(ofAlice).toEqual(ofBob)
    const epochs = members.map(({ delivery }) => delivery.chats.get(chat)!.state.epochs.length)
    expect(epochs[0]).toBeGreaterThan(10)
    expect(members.flatMap(({ notices }) => notices)).toEqual([])
  })

  test('A13: a storm of commits while both write: all is read by both, once and in one order', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const members = await Promise.all([openAsMember(server, alice), openAsMember(server, bob)])
    const stop = new AbortController()
    const following = members.map(({ delivery }) => delivery.follow(stop.signal))
    const sent: Promise<unknown>[] = []
    for (let round = 0; round < STORM_ROUNDS; round++) {
      await Promise.all(members.map((member) => prepareUpdate(member, chat)))
      for (const member of members) sent.push((await say(member, chat, `${round}`)).acknowledged)
      // However slow the machine, the updates of one round in four are not those that still wait.
      if (round % 4 === 3) await Promise.all(sent)
    }
    await Promise.all(sent)
    stop.abort()
    await Promise.all(following)
    for (const { delivery } of [...members, ...members]) await delivery.catchUp(CATCH_UP_MS)
    const [ofAlice, ofBob] = await Promise.all(members.map((member) => idsIn(member, chat)))
    expect(new Set(ofAlice).size).toBe(2 * STORM_ROUNDS)
    expect(ofAlice).toEqual(ofBob)
    const [epochs] = members.map(({ delivery }) => delivery.chats.get(chat)!.state.epochs.length)
    expect(epochs).toBeGreaterThan(STORM_ROUNDS / 4)
    expect(members.flatMap(({ notices }) => notices)).toEqual([])
  })

  test('A13: a message of an epoch that is too old is encrypted again under its id', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const late = await openAsMember(server, alice)
    const early = await openAsMember(server, bob)
    const sent: string[] = []
    late.line.onRequest = (method, input) => {
      if (method.name !== 'Append') return
      sent.push(bytesToHex((input as AppendRequest).messageId))
      if (sent.length === 1) late.line.cut()
    }
    const { id } = await say(late, chat, 'from the past')
    await expect(late.delivery.catchUp(CATCH_UP_MS)).rejects.toThrow(UnreachableError)
    for (let round = 0; round < 4; round++) {
      await prepareUpdate(early, chat)
      await say(early, chat, `commit ${round}`)
      await early.delivery.catchUp(CATCH_UP_MS)
    }
    late.line.mend()
    await late.delivery.catchUp(CATCH_UP_MS)
    await early.delivery.catchUp(CATCH_UP_MS)
    expect(sent.length).toBeGreaterThanOrEqual(3)
    expect(new Set(sent).size).toBe(1)
    expect(await idsIn(early, chat)).toEqual(await idsIn(late, chat))
    expect((await idsIn(early, chat)).at(-1)).toBe(id)
    expect([...late.notices, ...early.notices]).toEqual([])
  })
})

describe('a server that means ill', () => {
  test('a log with a hole is not gone on with', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    for (const text of ['one', 'two', 'three']) await alice.client.send(chat, text)
    await catchUp(alice)
    bob.line.tamper = (answer) => {
      if (isMessage(answer, ListEntriesResponseSchema)) answer.entries.splice(0, 1)
      if (isMessage(answer, SubscribeResponseSchema) && answer.event.case === 'entries') {
        answer.event.value.entries.splice(0, 1)
      }
    }
    await expect(bob.client.catchUp(3000)).rejects.toThrow(UnreachableError)
    bob.line.tamper = () => {}
    await catchUp(bob)
    expect(await textsOf(bob, chat)).toEqual(['one', 'two', 'three'])
  })
})

describe('what is stored', () => {
  test("A19: yesterday's profile sends nothing while nobody lets it in anew, and says why", async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const yesterday = alice.files.snapshot()
    await alice.client.send(chat, 'written since')
    await catchUp(alice)
    await alice.client.close()
    const restored = await openPerson(server, alice.handle, MemoryFiles.from(yesterday))
    await restored.client.send(chat, 'written offline')
    await expect(restored.client.catchUp(3000).then(() => 'settled')).resolves.toBe('settled')
    expect(noticesOf(restored)).toEqual(['rolled-back'])
    expect(restored.line.calls).not.toContain('Append')
    await restored.client.send(chat, 'more')
    await catchUp(restored)
    expect(restored.line.calls).not.toContain('Append')
    expect(await textsOf(restored, chat)).toEqual(['written offline', 'more'])
    expect(restored.client.chats()).toMatchObject([{ state: 'rolled-back' }])
    await catchUp(bob)
    expect(await textsOf(bob, chat)).toEqual(['written since'])
  })

  test('F14: a full disk loses nothing, and what waited goes on when there is room', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await alice.client.send(chat, 'one')
    await catchUp(alice)
    bob.files.capacityBytes = 1
    await expect(catchUp(bob)).rejects.toMatchObject({ name: 'NoSpaceError' })
    await expect(bob.client.send(chat, 'no room')).rejects.toMatchObject({ name: 'NoSpaceError' })
    bob.files.capacityBytes = Number.POSITIVE_INFINITY
    await catchUp(bob)
    await bob.client.send(chat, 'two')
    await catchUp(bob)
    await catchUp(alice)
    expect(await textsOf(alice, chat)).toEqual(['one', 'two'])
    expect(await textsOf(bob, chat)).toEqual(['one', 'two'])
  })

  test('F15: a chat whose journal is damaged is told of; the others go on', async () => {
    const [alice, bob] = await registerPair(server)
    const [carol] = await registerPair(server)
    const damagedChat = await openChat(alice, bob)
    const chat = await openChat(alice, carol)
    await alice.client.send(damagedChat, 'x')
    await alice.client.close()
    const stored = alice.files.snapshot()
    const journal = stored.get(`chats/${damagedChat}.journal`)!
    journal[journal.length - 20]! ^= 1
    const again = await openPerson(server, alice.handle, MemoryFiles.from(stored))
    expect(again.client.chats().map((one) => one.chat)).toEqual([chat])
    await again.client.send(chat, 'still here')
    await catchUp(again)
    await catchUp(carol)
    expect(await textsOf(carol, chat)).toEqual(['still here'])
    expect(noticesOf(again)).toEqual(['damaged'])
  })

  test('M16: nothing that was written stands readable in the files', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await alice.client.send(chat, 'canary-4f1d plaintext')
    await catchUp(alice)
    await catchUp(bob)
    for (const { files } of [alice, bob]) {
      for (const content of files.snapshot().values()) {
        expect(Buffer.from(content).includes('canary-4f1d')).toBe(false)
        expect(Buffer.from(content).includes(alice.handle)).toBe(false)
      }
    }
  })
})

function say({ delivery }: TestMember, chat: ChatId, text: string) {
  return delivery.send(delivery.chats.get(chat)!, text, randomId(MessageId))
}

async function idsIn({ delivery }: TestMember, chat: ChatId): Promise<MessageId[]> {
  return (await delivery.chats.get(chat)!.messages.read(1000)).map(({ messageId }) => messageId)
}

/** An update of the device's own keys, if the chat is still in the epoch that it was in when this was called. */
async function prepareUpdate({ delivery }: TestMember, chat: ChatId): Promise<void> {
  const held = delivery.chats.get(chat)!
  await held.commit(view(held.state.group).epoch, {})
}
