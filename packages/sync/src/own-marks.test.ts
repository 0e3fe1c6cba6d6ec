/** Two devices of one account, each with its own journal, and a server that keeps their marks as the contract says. */
import { create } from '@bufbuild/protobuf'
import { importProfileKey, MemoryFiles } from '@veche/history'
import { AccountId, ChatId } from '@veche/protocol'
import { ProfileSchema } from '@veche/protocol/gen/local/v1/device_pb.js'
import { beforeEach, expect, test } from 'vitest'
import { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import { readOf } from './local-marks.ts'
import { FOR_GOOD } from './own-mark.ts'
import { OwnMarks } from './own-marks.ts'
import { noSteps } from './steps.ts'
import { createPair, entryOf, NOW_MS, type Side, seal } from './testing/pair.ts'

interface Mark {
  readonly chatId: Uint8Array
  readonly revision: bigint
  readonly sealed: Uint8Array
}

class MarkServer {
  #marks: Mark[] = []
  #revision = 0n
  isAway = false

  async setOwnMark({ chatId, expectedRevision, sealed }: Mark & { expectedRevision: bigint }) {
    if (this.isAway) throw new UnreachableError()
    const id = ChatId.fromBytes(chatId)
    const isOf = (mark: Mark) => ChatId.fromBytes(mark.chatId) === id
    if ((this.#marks.find(isOf)?.revision ?? 0n) !== expectedRevision) throw new RefusedError('mark_conflict')
    this.#revision++
    this.#marks = [...this.#marks.filter((mark) => !isOf(mark)), { chatId, revision: this.#revision, sealed }]
    return { revision: this.#revision }
  }

  async listOwnMarks({ afterRevision }: { afterRevision: bigint }) {
    if (this.isAway) throw new UnreachableError()
    return { marks: this.#marks.filter(({ revision }) => revision > afterRevision) }
  }
}

let server: MarkServer
let alice: Side
let bob: Side

beforeEach(async () => {
  server = new MarkServer()
  ;({ alice, bob } = await createPair())
})

async function newDevice({ notesKey = new Uint8Array(32).fill(5) } = {}) {
  const events: SyncEvent[] = []
  const files = new MemoryFiles()
  const context = {
    ...alice,
    files,
    profileKey: await importProfileKey(new Uint8Array(32)),
    nowMs: () => NOW_MS,
    onEvent: (event: SyncEvent) => void events.push(event),
    onStep: noSteps,
  }
  const chat = await Chat.create(context, alice.chat)
  const chats = { get: () => chat, [Symbol.iterator]: () => [chat][Symbol.iterator]() }
  const accountId = AccountId.toBytes(alice.identity.accountId)
  const store = { state: { profile: create(ProfileSchema, { notesKey, accountId }) } }
  const marks = new OwnMarks({
    chats: chats as unknown as Chats,
    store: store as never,
    server: { chats: server as never },
    calls: () => ({ signal: new AbortController().signal }),
  })
  const reopen = () => Chat.open(context, alice.chat.chatId)
  return { chat, marks, events, reopen }
}

/** Bob's messages at the next positions. */
async function receive(chat: Chat, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const position = BigInt(index) + 2n
    await chat.receive([entryOf(bob, position, await sealOnce(index))])
  }
}
const sealed = new Map<string, ReturnType<typeof seal>>()
function sealOnce(index: number): ReturnType<typeof seal> {
  const key = `${bob.chat.chatId} ${index}`
  const once = sealed.get(key) ?? seal(bob, `message ${index}`)
  sealed.set(key, once)
  return once
}

test('M20 what is read on one device is read on the other, though it comes there later', async () => {
  const [phone, laptop] = [await newDevice(), await newDevice()]
  await receive(phone.chat, 3)
  await receive(laptop.chat, 2)
  expect([phone.chat.state.unread, laptop.chat.state.unread]).toEqual([3, 2])
  await phone.chat.keeping.markRead(4n)
  await phone.marks.push(phone.chat)
  await laptop.marks.pull()
  expect(laptop.chat.state).toMatchObject({ unread: 0, read: 0n })
  expect(readOf(laptop.chat.state)).toBe(4n)
  await receive(laptop.chat, 3)
  expect(laptop.chat.state).toMatchObject({ unread: 0, position: 4n })
  expect(laptop.events.filter(({ kind }) => kind === 'marks')).toHaveLength(1)
  expect((await laptop.reopen())!.state).toMatchObject({ unread: 0 })
})

test('M20 both set at once, and both agree: the greater position, and the later word on the rest', async () => {
  const [phone, laptop] = [await newDevice(), await newDevice()]
  for (const { chat } of [phone, laptop]) await receive(chat, 3)
  await phone.chat.keeping.markRead(4n)
  await laptop.chat.keeping.markRead(3n)
  await phone.chat.marks.set('muted', FOR_GOOD)
  await laptop.chat.marks.set('pinned', FOR_GOOD)
  await Promise.all([phone, laptop].map(({ marks, chat }) => marks.push(chat)))
  for (const { marks } of [phone, laptop]) await marks.pull()
  for (const { chat, marks } of [phone, laptop]) {
    expect(readOf(chat.state)).toBe(4n)
    expect(chat.state.unread).toBe(0)
    const { muted, pinned } = chat.state.marks.own!.present!
    expect([muted?.untilMs, pinned?.untilMs]).toEqual([FOR_GOOD, FOR_GOOD])
    expect(marks.isDue(chat)).toBe(false)
  }
  await laptop.chat.marks.set('muted', 0n)
  await laptop.marks.push(laptop.chat)
  await phone.marks.pull()
  expect(phone.chat.state.marks.own?.present?.muted?.untilMs).toBe(0n)
})

test('what was set while the server was away is set later, also after a restart', async () => {
  const phone = await newDevice()
  server.isAway = true
  await phone.chat.marks.set('pinned', FOR_GOOD)
  await expect(phone.marks.push(phone.chat)).rejects.toThrow(UnreachableError)
  expect(phone.marks.isDue((await phone.reopen())!)).toBe(true)
  server.isAway = false
  await phone.marks.push(phone.chat)
  expect(phone.marks.isDue(phone.chat)).toBe(false)
  const laptop = await newDevice()
  await laptop.marks.pull()
  expect(laptop.chat.state.marks.own?.present?.pinned?.untilMs).toBe(FOR_GOOD)
})

test('a mark that cannot be read changes nothing, and is replaced by the next', async () => {
  const [phone, laptop] = [await newDevice({ notesKey: new Uint8Array(32).fill(6) }), await newDevice()]
  await phone.chat.marks.set('muted', FOR_GOOD)
  await phone.marks.push(phone.chat)
  await laptop.marks.pull()
  expect(laptop.chat.state.marks.own).toMatchObject({ revision: 1n, asked: true })
  expect(laptop.chat.state.marks.own?.present?.muted).toBeUndefined()
  await laptop.chat.marks.set('pinned', FOR_GOOD)
  await laptop.marks.push(laptop.chat)
  expect(laptop.marks.isDue(laptop.chat)).toBe(false)
})

test('a device that has no key for it agrees with no other', async () => {
  const old = await newDevice({ notesKey: new Uint8Array() })
  await old.chat.marks.set('muted', FOR_GOOD)
  expect(old.marks.isDue(old.chat)).toBe(false)
  await old.marks.pull()
  expect(old.chat.state.marks.own?.present?.muted?.untilMs).toBe(FOR_GOOD)
})
