import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId, randomId } from '@veche/protocol'
import { type Entry, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ManualClock, MemoryBus } from '@veche/service-kit'
import { expect, test } from 'vitest'
import type { Appended } from '../append/append-entries.ts'
import type { DeviceNumber } from '../append/roster.ts'
import { MAX_MISSED_ENTRIES, MAX_QUEUED_ENTRIES } from '../limits.ts'
import { refusalOf } from '../testing/refusal.ts'
import { DeviceStream, type DeviceStreamOptions } from './device-stream.ts'
import { StreamHub } from './stream-hub.ts'
import { WAKE_UP_TOPIC } from './wake-up.ts'

const device = 7n as DeviceNumber
const chatId = randomId(ChatId)

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
    stream.queue.stored(chatId, added)
    stream.wake()
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
