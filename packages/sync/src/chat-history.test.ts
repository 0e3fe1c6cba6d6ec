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
