import { create } from '@bufbuild/protobuf'
import { ChatId, randomId } from '@veche/protocol'
import { EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeviceQueue, type LiveEntry, type QueueLimits, type Step } from './device-queue.ts'

const limits: QueueLimits = {
  maxQueuedEntries: 4,
  maxQueuedBytes: 100,
  maxMissedEntries: 8,
  maxMissedBytes: 1000,
}
const chat = randomId(ChatId)
const live = (position: bigint, bytes = 1): LiveEntry => ({ entry: create(EntrySchema, { position }), bytes })
const range = (from: bigint, to: bigint) =>
  Array.from({ length: Number(to - from) + 1 }, (_, index) => live(from + BigInt(index)))

/** Past the first look at chats and inbox. */
function queueOn(cursor: bigint, head: bigint): DeviceQueue {
  const queue = new DeviceQueue(limits)
  expect(queue.next()).toEqual({ kind: 'read-chats' })
  queue.follow(chat, cursor, head)
  expect(queue.next()).toEqual({ kind: 'read-inbox' })
  return queue
}

function liveQueue(cursor = 0n): DeviceQueue {
  const queue = queueOn(cursor, cursor)
  expect(queue.next()).toEqual({ kind: 'caught-up' })
  return queue
}

function positions(step: Step): bigint[] {
  return step.kind === 'send' ? step.entries.map(({ position }) => position) : []
}

test('what was missed is read first, then the stream has caught up, then it waits', () => {
  const queue = queueOn(2n, 5n)
  const read = { kind: 'read-entries', chatId: chat, after: 2n, head: 5n } as const
  expect(queue.next()).toEqual(read)
  queue.entriesRead(read, 4n)
  expect(queue.next()).toEqual({ ...read, after: 4n })
  queue.entriesRead(read, 5n)
  expect(queue.next()).toEqual({ kind: 'caught-up' })
  expect(queue.next()).toEqual({ kind: 'wait' })
})

test('live entries are coalesced, and what is not the next in order is dropped or read', () => {
  const queue = liveQueue(5n)
  queue.stored(chat, range(4n, 6n))
  queue.stored(chat, range(7n, 7n))
  expect(positions(queue.next())).toEqual([6n, 7n])
  queue.stored(chat, range(9n, 9n))
  expect(queue.next()).toEqual({ kind: 'read-entries', chatId: chat, after: 7n, head: 9n })
})

test('what is stored while the past is read is read after it', () => {
  const queue = queueOn(0n, 2n)
  const read = queue.next() as Step & { kind: 'read-entries' }
  queue.stored(chat, range(3n, 3n))
  queue.entriesRead(read, 2n)
  expect(queue.next()).toEqual({ kind: 'caught-up' })
  expect(queue.next()).toEqual({ kind: 'read-entries', chatId: chat, after: 2n, head: 3n })
})

test('a head told by another process is read once', () => {
  const queue = liveQueue(1n)
  queue.headMoved(chat, 1n)
  queue.headMoved(randomId(ChatId), 9n)
  expect(queue.next()).toEqual({ kind: 'wait' })
  queue.headMoved(chat, 2n)
  const read = queue.next() as Step & { kind: 'read-entries' }
  queue.entriesRead(read, 2n)
  queue.headMoved(chat, 2n)
  expect(queue.next()).toEqual({ kind: 'wait' })
})

test('a full queue falls behind: it is sent first, the rest is read', () => {
  const queue = liveQueue()
  queue.stored(chat, range(1n, 6n))
  expect(positions(queue.next())).toEqual([1n, 2n, 3n, 4n])
  expect(queue.next()).toMatchObject({ kind: 'read-entries', after: 4n, head: 6n })
})

test('an entry that is larger than the queue is read from PostgreSQL', () => {
  const queue = liveQueue()
  queue.stored(chat, [live(1n, 101)])
  expect(queue.next()).toMatchObject({ kind: 'read-entries', after: 0n, head: 1n })
})

test('F18 a reader that takes nothing while much passes is slow; one that takes is not', () => {
  const taking = liveQueue()
  taking.stored(chat, range(1n, 12n))
  taking.next()
  taking.stored(chat, range(13n, 20n))
  expect(taking.next().kind).toBe('read-entries')
  const stalled = liveQueue()
  stalled.stored(chat, range(1n, 13n))
  expect(stalled.next()).toEqual({ kind: 'slow' })
  stalled.stored(chat, range(14n, 15n))
  expect(stalled.next()).toEqual({ kind: 'slow' })
})

test('a device ahead of the head gets nothing until the log has passed it', () => {
  const queue = liveQueue()
  const ahead = randomId(ChatId)
  queue.follow(ahead, 7n, 5n)
  queue.stored(ahead, range(6n, 7n))
  expect(queue.next()).toEqual({ kind: 'wait' })
  queue.stored(ahead, range(8n, 8n))
  expect(positions(queue.next())).toEqual([8n])
})

test('a chat is followed again from where it is, or from where the device came back', () => {
  const queue = liveQueue(3n)
  queue.follow(chat, 1n, 3n)
  expect(queue.next()).toEqual({ kind: 'wait' })
  queue.follow(chat, 5n, 6n)
  expect(queue.next()).toEqual({ kind: 'read-entries', chatId: chat, after: 5n, head: 6n })
})

test('a chat in which there is nothing more for this device ends what is read of it', () => {
  const queue = queueOn(1n, 3n)
  const read = queue.next() as Step & { kind: 'read-entries' }
  queue.entriesRead(read, undefined)
  expect(queue.next()).toEqual({ kind: 'caught-up' })
  expect(queue.next()).toEqual({ kind: 'wait' })
})

test('chats that come later are looked for before the inbox, and the inbox before entries', () => {
  const queue = liveQueue()
  queue.chatsChanged()
  expect(queue.next()).toEqual({ kind: 'read-chats' })
  const added = randomId(ChatId)
  queue.follow(added, 1n, 2n)
  expect(queue.next()).toEqual({ kind: 'read-inbox' })
  expect(queue.next()).toMatchObject({ kind: 'read-entries', chatId: added, after: 1n })
  queue.inboxChanged()
  expect(queue.next()).toEqual({ kind: 'read-inbox' })
})

const seed = Number(process.env.VECHE_SEED ?? Date.now() % 2 ** 31)
const action = fc.oneof(
  fc.record({ kind: fc.constant('store' as const), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('storeElsewhere' as const), told: fc.boolean() }),
  fc.record({ kind: fc.constant('step' as const), page: fc.integer({ min: 1, max: 5 }) }),
)

test(`in any interleaving each entry goes out once and in order, however little fits (seed ${seed})`, () => {
  const history = fc.tuple(fc.nat(5), fc.nat(5), fc.array(action, { maxLength: 60 }))
  fc.assert(
    fc.property(history, ([start, missed, actions]) => {
      let head = BigInt(start + missed)
      const sent: bigint[] = []
      const queue = new DeviceQueue({ ...limits, maxMissedEntries: 1e9, maxMissedBytes: 1e9 })
      queue.next()
      queue.follow(chat, BigInt(start), head)
      const step = (page: number) => {
        const next = queue.next()
        if (next.kind === 'send') sent.push(...positions(next))
        if (next.kind !== 'read-entries') return next.kind
        const last = next.after + BigInt(page) < head ? next.after + BigInt(page) : head
        for (let position = next.after + 1n; position <= last; position++) sent.push(position)
        queue.entriesRead(next, last)
        return next.kind
      }
      for (const next of actions) {
        if (next.kind === 'step') step(next.page)
        else if (next.kind === 'store') {
          queue.stored(chat, range(head + 1n, head + BigInt(next.count)))
          head += BigInt(next.count)
        } else {
          head++
          if (next.told) queue.headMoved(chat, head)
        }
      }
      queue.headMoved(chat, head)
      while (step(3) !== 'wait') {}
      const expected = Array.from({ length: Number(head) - start }, (_, index) => BigInt(start + index + 1))
      expect(sent).toEqual(expected)
    }),
    { seed, numRuns: 1000 },
  )
})
