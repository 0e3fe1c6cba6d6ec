import { setImmediate as turn } from 'node:timers/promises'
import { create, fromBinary } from '@bufbuild/protobuf'
import { AccountId, ChatId, DeviceId, randomId, utf8 } from '@veche/protocol'
import {
  type Entry,
  EntrySchema,
  type SubscribeResponse,
  SubscribeResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type DirectWriter, ManualClock, MemoryBus } from '@veche/service-kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Appended } from '../append/append-entries.ts'
import type { DeviceNumber } from '../append/roster.ts'
import { MAX_MISSED_ENTRIES, MAX_QUEUED_ENTRIES } from '../limits.ts'
import { refusalOf } from '../testing/refusal.ts'
import { DeviceStream, type DeviceStreamOptions } from './device-stream.ts'
import { LiveBatch } from './live-batch.ts'
import { StreamHub } from './stream-hub.ts'
import { WAKE_UP_TOPIC } from './wake-up.ts'

const device = 7n as DeviceNumber
const chatId = randomId(ChatId)
const ACCOUNT = AccountId.fromBytes(new Uint8Array(32))

/** A stream over one log that grows as the test says, as long as it says. */
function openStream(options: Partial<DeviceStreamOptions> = {}) {
  const log: Entry[] = []
  const clock = new ManualClock()
  const stream = new DeviceStream({
    device,
    accountId: AccountId.fromBytes(new Uint8Array(32)),
    clock,
    expiresAtMs: clock.nowMs() + 60_000,
    positions: new Map(),
    inboxPosition: 0n,
    onFollow: () => {},
    reader: {
      readChats: async () => [{ chatId, since: 0n, until: null, head: BigInt(log.length) }],
      readEntries: async (_chatId, after) => log.slice(Number(after), Number(after) + 100),
      readInbox: async () => ({ items: [], last: undefined }),
      readSignals: async () => {},
    },
    ...options,
  })
  const store = (count: number) => {
    const added = Array.from({ length: count }, (_, index) => {
      const entry = create(EntrySchema, { position: BigInt(log.length + index + 1) })
      return { entry, bytes: 1 }
    })
    log.push(...added.map(({ entry }) => entry))
    stream.give(new LiveBatch(chatId, added))
  }
  const events = stream.events()
  const next = async () => (await events.next()).value?.event
  return { stream, clock, store, next, events }
}

test('nothing happens for a while: a heartbeat', async () => {
  const { next } = openStream({ heartbeatMs: 1 })
  expect((await next())?.case).toBe('caughtUp')
  expect((await next())?.case).toBe('heartbeat')
  expect((await next())?.case).toBe('heartbeat')
})

test('a chat whose log ends before the device’s position is told of once, and not followed', async () => {
  const followed: unknown[] = []
  const { store, next } = openStream({
    positions: new Map([[chatId, 3n]]),
    heartbeatMs: 1,
    onFollow: (chatIds) => followed.push(...chatIds),
  })
  expect(await next()).toMatchObject({ case: 'behind', value: { chatId: ChatId.toBytes(chatId), head: 0n } })
  expect((await next())?.case).toBe('caughtUp')
  store(5)
  expect((await next())?.case).toBe('heartbeat')
  expect(followed).toEqual([])
})

test('F24 a chat that is behind stays so while others write on, and is followed once the device is added anew', async () => {
  const chat = { chatId, since: 1n, until: null as bigint | null, head: 5n }
  const wake = (stream: DeviceStream) => {
    stream.queue.chatsChanged()
    stream.wake()
  }
  const followed: unknown[] = []
  const { stream, next } = openStream({
    positions: new Map([[chatId, 8n]]),
    heartbeatMs: 1,
    onFollow: (chatIds) => followed.push(...chatIds),
    reader: {
      readChats: async () => [chat],
      readEntries: async (_chatId, after) => [create(EntrySchema, { position: after + 1n })],
      readInbox: async () => ({ items: [], last: undefined }),
      readSignals: async () => {},
    },
  })
  expect(await next()).toMatchObject({ case: 'behind', value: { head: 5n } })
  expect((await next())?.case).toBe('caughtUp')
  // Somebody begins the chat anew without this device, whose membership ends before its position; then it is added.
  for (const change of [{ head: 20n }, { head: 1n << 21n, until: 5n }]) {
    Object.assign(chat, change)
    wake(stream)
    expect((await next())?.case).toBe('heartbeat')
    expect(followed).toEqual([])
  }
  Object.assign(chat, { since: 1n << 21n, until: null, head: (1n << 21n) + 1n })
  wake(stream)
  expect(positionsIn(await next())).toEqual([(1n << 21n) + 1n])
  expect(followed).toEqual([chatId])
})

/** Takes frames as a response does: not before its head is written, and no more than the reader takes. */
class TestWriter implements DirectWriter {
  isReady = true
  readonly frames: Uint8Array[] = []

  write(frame: Uint8Array): void {
    this.frames.push(frame)
  }

  get positions(): bigint[] {
    const responses = this.frames.map((frame) => fromBinary(SubscribeResponseSchema, frame.subarray(5)))
    return responses.flatMap(({ event }) => positionsIn(event))
  }
}

function positionsIn(event: SubscribeResponse['event'] | undefined): bigint[] {
  return event?.case === 'entries' ? event.value.entries.map(({ position }) => position) : []
}

test('what is stored while the stream waits is written as it is; nothing is written before its turn', async () => {
  const writer = new TestWriter()
  const { store, next, stream } = openStream({ writer })
  store(1)
  expect(positionsIn(await next())).toEqual([1n]) // missed
  expect((await next())?.case).toBe('caughtUp')
  store(2) // nobody has asked for more: what was given may not be written yet
  expect(writer.positions).toEqual([])
  expect(positionsIn(await next())).toEqual([2n, 3n])
  const waiting = next()
  await turn()
  store(3)
  store(1)
  expect(writer.positions).toEqual([4n, 5n, 6n, 7n])
  writer.isReady = false
  store(1)
  expect(positionsIn(await waiting)).toEqual([8n])
  writer.isReady = true
  const inbox = next()
  await turn()
  stream.queue.inboxChanged()
  store(1) // the inbox goes first
  expect(positionsIn(await inbox)).toEqual([9n])
  expect(writer.positions).toEqual([4n, 5n, 6n, 7n])
})

test('nothing is written to a stream whose token or caller has gone', async () => {
  for (const leave of ['expire', 'end'] as const) {
    const writer = new TestWriter()
    const { store, next, stream, clock } = openStream({ writer })
    await next()
    const waiting = next()
    waiting.catch(() => {})
    await turn()
    if (leave === 'expire') clock.advance(60_000)
    else stream.end()
    store(1)
    expect(writer.frames).toEqual([])
    if (leave === 'expire') expect(await refusalOf(waiting)).toBe('Unauthenticated token_expired')
    else expect(await waiting).toBeUndefined()
  }
})

test('one frame goes to all streams that write it', async () => {
  const hub = new StreamHub(new MemoryBus())
  const writers = [new TestWriter(), new TestWriter()]
  for (const [index, writer] of writers.entries()) {
    const { stream, next } = openStream({ writer, device: BigInt(index) as DeviceNumber })
    hub.open(stream)
    hub.follow(stream, [chatId])
    expect((await next())?.case).toBe('caughtUp')
    void next()
  }
  await turn()
  const placed = { chatId, position: 1n, sender: { accountId: ACCOUNT, deviceId: randomId(DeviceId) } }
  const bytes = { mlsMessage: utf8('m'), contentCiphertext: utf8('c'), wrappedKey: utf8('k') }
  const entry = {
    ...placed,
    ...bytes,
    messageId: utf8('id'),
    groupId: utf8('group'),
    epoch: 1n,
    device,
    entryHash: utf8(''),
    logHash: utf8(''),
  }
  const head = { chatId, position: 1n } as Appended['heads'][number]
  hub.stored({ outcomes: [], entries: [entry], heads: [head], receivedAtMs: 1 })
  const [one, other] = writers.map(({ frames }) => frames[0])
  expect(one).toBe(other)
  expect(writers[0]!.positions).toEqual([1n])
})

const seed = Number(process.env.VECHE_SEED ?? Date.now() % 2 ** 31)

test(`M17 however a reader takes, each entry goes out once and in order, written or given (seed ${seed})`, async () => {
  const act = fc.constantFrom('store' as const, 'take' as const, 'full' as const, 'ready' as const)
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const writer = new TestWriter()
      const { store, next } = openStream({ writer, heartbeatMs: 1_000_000 })
      const sent: bigint[] = []
      let written = 0
      // As a response has them: what was written, up to each message that is given.
      const note = (given: readonly bigint[]) => {
        sent.push(...writer.positions.slice(written), ...given)
        written = writer.positions.length
      }
      let isAsked = false
      const take = () => {
        if (isAsked) return
        isAsked = true
        void next().then((event) => {
          isAsked = false
          note(positionsIn(event))
        })
      }
      let stored = 0
      for (const act of acts) {
        if (act === 'store') stored++
        if (act === 'store') store(1)
        else if (act === 'take') take()
        else writer.isReady = act === 'ready'
        await turn()
      }
      for (let left = acts.length + 3; left > 0; left--) {
        take()
        await turn()
      }
      note([])
      expect(sent).toHaveLength(stored)
      expect(sent).toEqual(sent.map((_, index) => BigInt(index + 1)))
    }),
    { seed, numRuns: 50 },
  )
})

test('F18 a reader that has stopped loses its stream, not its messages', async () => {
  const { store, next } = openStream()
  await next()
  store(MAX_QUEUED_ENTRIES + MAX_MISSED_ENTRIES)
  const first = await next()
  expect(first?.case === 'entries' && first.value.entries.at(-1)?.position).toBe(BigInt(MAX_QUEUED_ENTRIES))
  store(MAX_MISSED_ENTRIES + 1)
  expect(await refusalOf(next())).toBe('ResourceExhausted slow_reader')
})

test('a burst that the queue cannot hold is read from PostgreSQL', async () => {
  const { store, next } = openStream()
  await next()
  store(1000)
  const seen: bigint[] = []
  while (seen.length < 1000) {
    const event = await next()
    if (event?.case === 'entries') seen.push(...event.value.entries.map(({ position }) => position))
  }
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => BigInt(index + 1)))
})

test('it ends when its token ends, also while nothing happens', async () => {
  const { clock, stream, next } = openStream({ heartbeatMs: 1 })
  await next()
  clock.advance(60_000)
  expect(await refusalOf(next())).toBe('Unauthenticated token_expired')
  stream.renew(clock.nowMs() + 1)
  expect(await next()).toBeUndefined()
  const short = openStream({ expiresAtMs: new ManualClock().nowMs() + 5, heartbeatMs: 1000 })
  await short.next()
  const ended = refusalOf(short.next())
  short.clock.advance(10)
  expect(await ended).toBe('Unauthenticated token_expired')
})

test('a caller that has gone ends it without an error', async () => {
  const { stream, next } = openStream()
  await next()
  const waiting = next()
  stream.end()
  expect(await waiting).toBeUndefined()
})

test('the first reason to end is the one that counts, and a stream that has ended follows nothing', async () => {
  const hub = new StreamHub(new MemoryBus())
  const { stream, next } = openStream()
  hub.open(stream)
  hub.follow(stream, [chatId])
  expect([hub.devices, hub.followedChats]).toEqual([[device], [chatId]])
  hub.open(openStream().stream)
  hub.follow(stream, [chatId])
  expect(hub.followedChats).toEqual([])
  hub.stop()
  expect(await refusalOf(next())).toBe('Aborted stream_replaced')
})

test('F4 what a lost wake-up has left is made good by comparing with PostgreSQL', async () => {
  const hub = new StreamHub(new MemoryBus())
  const { stream, next } = openStream({
    reader: {
      readChats: async () => [{ chatId, since: 0n, until: null, head: 0n }],
      readEntries: async () => [create(EntrySchema, { position: 1n })],
      readInbox: async (after) => (after < 3n ? { items: [], last: 3n } : { items: [], last: undefined }),
      readSignals: async () => {},
    },
  })
  hub.open(stream)
  hub.follow(stream, [chatId])
  await next()
  const present = { device, inboxPosition: 3n, chats: 1n }
  hub.reconcile({ heads: [{ chatId, position: 0n }], devices: [present] })
  expect(stream.queue.next()).toEqual({ kind: 'wait' })
  hub.reconcile({
    heads: [{ chatId, position: 1n }],
    devices: [
      { ...present, inboxPosition: 4n },
      { ...present, device: 8n as DeviceNumber },
    ],
  })
  expect(stream.queue.next()).toEqual({ kind: 'read-inbox' })
  expect((await next())?.case).toBe('entries')
  hub.reconcile({ heads: [], devices: [{ ...present, chats: 2n }] })
  expect(stream.queue.next()).toEqual({ kind: 'read-chats' })
})

test('a bus that fails costs nothing but the wake-up', async () => {
  const bus = new MemoryBus()
  bus.publish = () => Promise.reject(new Error('no bus'))
  const hub = new StreamHub(bus)
  hub.stored({ outcomes: [], entries: [], heads: [], receivedAtMs: 0 } satisfies Appended)
  hub.inboxesChanged([device])
  await new Promise(setImmediate)
})

test('a malformed wake-up is dropped', async () => {
  const bus = new MemoryBus()
  const hub = new StreamHub(bus)
  await hub.start()
  await bus.publish(WAKE_UP_TOPIC, Uint8Array.of(1, 2, 3))
  await new Promise(setImmediate)
  hub.stop()
})
