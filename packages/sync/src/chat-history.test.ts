import { type HistoryEntry, importProfileKey, MemoryFiles } from '@veche/history'
import { AccountId, ChatId, DeviceId, MessageId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { ChatHistory } from './chat-history.ts'
import { encodeText } from './content.ts'

const chatId = ChatId.fromBytes(new Uint8Array(16).fill(1))
const own = AccountId.fromBytes(new Uint8Array(32).fill(2))
const peer = AccountId.fromBytes(new Uint8Array(32).fill(3))
const deviceId = DeviceId.fromBytes(new Uint8Array(16).fill(4))
const profileKey = await importProfileKey(new Uint8Array(32).fill(5))

/** Every third is the device's own. */
function entryAt(position: number): HistoryEntry {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, position)
  const accountId = position % 3 === 0 ? own : peer
  const sender = { messageId: MessageId.fromBytes(id), accountId, deviceId }
  const content = encodeText({ ...sender, chatId, sentAtMs: position }, `text ${position}`)
  return { ...sender, position: BigInt(position), sentAtMs: position, receivedAtMs: position, content }
}

const entries = Array.from({ length: 2500 }, (_, index) => entryAt(index + 1))
const isShown = ({ position, accountId }: HistoryEntry) => position <= 2000n || accountId === own

async function opened(files = new MemoryFiles(), generation = 0) {
  return { files, history: await ChatHistory.open({ files, profileKey, chatId }, generation) }
}

const foldersIn = (files: MemoryFiles) =>
  [...new Set([...files.snapshot().keys()].map((path) => path.split('/').slice(0, 2).join('/')))].toSorted()

test('M22: what was shown is left behind, what was not is there, and all ids are known', async () => {
  const { files, history } = await opened()
  await history.append(entries)
  expect(history.newest).toEqual(entries.at(-1))
  const next = await history.prepare(isShown)
  expect(await history.last(9000)).toEqual(entries) // nothing counts yet
  await history.turnTo(next)
  const left = entries.filter((entry) => !isShown(entry))
  for (const { history: one } of [{ history }, await opened(files, 1)]) {
    expect(await one.last(9000)).toEqual(left)
    expect(one.newest).toEqual(left.at(-1))
    for (const { messageId, position } of [entries[0]!, entries[1500]!, left[0]!, entries.at(-1)!])
      expect(await one.find(messageId)).toBe(position)
    expect(await one.find(entryAt(2501).messageId)).toBeUndefined()
  }
  expect(foldersIn(files)).toEqual([`history/${chatId}.1`, `known/${chatId}`])
})

test('M22: once all was shown nothing is left but ids', async () => {
  const { files, history } = await opened()
  await history.append(entries.slice(0, 10))
  await history.turnTo(await history.prepare(() => true))
  expect(await history.last(9)).toEqual([])
  expect(history.newest).toBeUndefined()
  await history.append([entryAt(11)])
  await history.turnTo(await history.prepare(() => true))
  expect(await (await opened(files, 2)).history.find(entryAt(11).messageId)).toBe(11n)
  expect(foldersIn(files)).toEqual([`history/${chatId}.2`, `known/${chatId}`])
})

test('F16 M22: the journal decides which of the two it is; what is not its own is removed', async () => {
  const { files, history } = await opened()
  await history.append(entries.slice(0, 10))
  await history.prepare((entry) => entry.position < 9n)
  const before = await opened(MemoryFiles.from(files.snapshot()), 0)
  expect(await before.history.last(99)).toEqual(entries.slice(0, 10))
  expect(foldersIn(before.files)).toEqual([`history/${chatId}`, `known/${chatId}`])
  const after = await opened(MemoryFiles.from(files.snapshot()), 1)
  expect(await after.history.last(99)).toEqual(entries.slice(8, 10))
  expect(foldersIn(after.files)).toEqual([`history/${chatId}.1`, `known/${chatId}`])
})

test('F14 M22: where there is no space to erase, nothing is lost, and it is done again from the start', async () => {
  const { files, history } = await opened()
  await history.append(entries.slice(0, 100))
  files.capacityBytes = [...files.snapshot().values()].reduce((sum, { length }) => sum + length, 0) + 2000
  await expect(history.prepare((entry) => entry.position < 3n)).rejects.toMatchObject({
    name: 'NoSpaceError',
  })
  expect(await history.last(1000)).toEqual(entries.slice(0, 100))
  files.capacityBytes = Number.POSITIVE_INFINITY
  await history.turnTo(await history.prepare((entry) => entry.position < 3n))
  expect(await history.last(1000)).toEqual(entries.slice(2, 100))
})

test('F14 M22: what a crash left over does not keep a full disk from being read', async () => {
  const { files, history } = await opened()
  await history.append(entries.slice(0, 10))
  await history.prepare((entry) => entry.position < 9n)
  const full = MemoryFiles.from(files.snapshot())
  full.capacityBytes = 1
  expect(await (await opened(full)).history.last(99)).toEqual(entries.slice(0, 10))
  full.capacityBytes = Number.POSITIVE_INFINITY
  await opened(full)
  expect(foldersIn(full)).toEqual([`history/${chatId}`, `known/${chatId}`])
})

test('M22: a reader that is under way when messages are erased gets what is left of them', async () => {
  const { history } = await opened()
  await history.append(entries)
  const reading = history.last(9000)
  await history.turnTo(await history.prepare(isShown))
  const read = await reading
  const left = entries.filter((entry) => !isShown(entry))
  expect([left.length, entries.length]).toContain(read.length)
})

/** Positions of the file. */
function added(positions: readonly number[], isUnread: (entry: HistoryEntry) => boolean = () => false) {
  const entriesOf = async function* () {
    yield* positions.map(entryAt)
  }
  return { entries: entriesOf, most: positions.length, isUnread }
}
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

test('M16: messages from elsewhere come among those that are here, by their positions, once', async () => {
  const { files, history } = await opened()
  const here = entries.filter(({ position }) => position % 5n !== 0n)
  await history.append(here.slice(1000))
  await history.append(here.slice(0, 1000))
  const next = (await history.prepareWith(added(range(1, 2500))))!
  expect(next).toMatchObject({ count: 500, read: 2500n, generation: 1 })
  expect(await history.last(9000)).toEqual(here) // nothing counts yet
  await history.turnTo(next)
  for (const { history: one } of [{ history }, await opened(files, 1)]) {
    expect(await one.last(9000)).toEqual(entries)
    expect(one.newest).toEqual(entries.at(-1))
    const found: bigint[] = []
    for await (const { position } of one.log.search('text 1005')) found.push(position)
    expect(found).toEqual([1005n])
  }
  const before = files.snapshot()
  expect(await history.prepareWith(added(range(1, 2500)))).toBeUndefined()
  expect(files.snapshot()).toEqual(before)
  expect(foldersIn(files)).toEqual([`history/${chatId}.1`])
})

test('M16: what is here counts: another message at its place, and its own at another place, are left out', async () => {
  const { history } = await opened()
  await history.append([entryAt(2), entryAt(4)])
  const evil = [
    { ...entryAt(90), position: 1n },
    { ...entryAt(91), position: 2n },
    { ...entryAt(4), position: 3n },
    { ...entryAt(90), position: 5n },
  ]
  const file = {
    ...added([]),
    entries: async function* () {
      yield* evil
    },
    most: evil.length,
  }
  await history.turnTo((await history.prepareWith(file))!)
  expect(await history.last(9)).toEqual([evil[0], entryAt(2), entryAt(4)])
})

test('M16 M22: what was erased here stays erased', async () => {
  const { history } = await opened()
  await history.append(entries.slice(0, 100))
  await history.turnTo(await history.prepare(({ position }) => position <= 60n))
  expect(await history.prepareWith(added(range(1, 100)))).toBeUndefined()
  await history.turnTo((await history.prepareWith(added(range(50, 110))))!)
  expect(await history.last(900)).toEqual(entries.slice(60, 110))
})

test('M16: a message that was not shown is not passed by what counts as shown', async () => {
  const { history } = await opened()
  await history.append([entryAt(3), entryAt(5), entryAt(7)])
  const isUnread = ({ position }: HistoryEntry) => position >= 5n
  expect(await history.prepareWith(added(range(1, 9), isUnread))).toMatchObject({ count: 6, read: 4n })
})

test('F14 M16: where there is no space, nothing has changed, and nothing is left over', async () => {
  const { files, history } = await opened()
  await history.append(entries.slice(500, 600))
  const before = files.snapshot()
  const used = [...before.values()].reduce((sum, { length }) => sum + length, 0)
  for (const room of [0, 100, 2000, 9000, 30_000]) {
    files.capacityBytes = used + room
    await expect(history.prepareWith(added(range(1, 600)))).rejects.toMatchObject({ name: 'NoSpaceError' })
    expect(files.snapshot()).toEqual(before)
  }
  files.capacityBytes = Number.POSITIVE_INFINITY
  await history.turnTo((await history.prepareWith(added(range(1, 600))))!)
  expect(await history.last(1000)).toEqual(entries.slice(0, 600))
})

test('F16 M16: killed at any step of adding, all of it is there or nothing', async () => {
  const material = entries.slice(0, 30).filter(({ position }) => position % 3n !== 0n)
  const begin = async () => {
    const one = await opened()
    await one.history.append(material)
    return one
  }
  const whole = await begin()
  const start = whole.files.steps
  await whole.history.turnTo((await whole.history.prepareWith(added(range(1, 30))))!)
  for (let step = start; step <= whole.files.steps; step++) {
    for (const unsynced of ['lost', 'torn', 'kept'] as const) {
      const { files, history } = await begin()
      files.stopAfter = step
      const next = await history.prepareWith(added(range(1, 30))).catch(() => undefined)
      const isNamed = next !== undefined // the journal would name it from here on
      if (next) await history.turnTo(next).catch(() => {})
      const { history: again } = await opened(files.afterCrash(unsynced), isNamed ? 1 : 0)
      expect(await again.last(99)).toEqual(isNamed ? entries.slice(0, 30) : material)
    }
  }
}, 120_000)
