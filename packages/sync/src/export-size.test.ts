/** A long history through an exported file, on a disk: all of it arrives, a few blocks of it at a time. */
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExportedFile, ExportWriter, type HistoryEntry, importProfileKey } from '@veche/history'
import { argon2id, NodeFiles } from '@veche/history/node'
import { AccountId, ChatId, DeviceId, MessageId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { ChatHistory } from './chat-history.ts'
import { encodeText } from './content.ts'

const COUNT = 100_000
const PAGE = 1000
const chatId = ChatId.fromBytes(new Uint8Array(16).fill(1))
const passphrase = 'lantern on the olive harbour'
const sender = {
  accountId: AccountId.fromBytes(new Uint8Array(32).fill(2)),
  deviceId: DeviceId.fromBytes(new Uint8Array(16).fill(4)),
}

function entryAt(position: number): HistoryEntry {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, Math.imul(position, 0x9e3779b1))
  new DataView(id.buffer).setUint32(4, Math.imul(position, 0x85ebca6b))
  const said = { ...sender, messageId: MessageId.fromBytes(id), sentAtMs: position }
  const content = encodeText({ ...said, chatId }, `рассада номер ${position} готова, приходите к воротам`)
  return { ...said, position: BigInt(position), receivedAtMs: position, content }
}

async function historyIn(folder: string): Promise<ChatHistory> {
  const profileKey = await importProfileKey(new Uint8Array(32).fill(5))
  return ChatHistory.open({ files: new NodeFiles(folder), profileKey, chatId }, 0)
}

const usedMib = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** What a step took, told and not judged. */
async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
  const [start, before] = [performance.now(), usedMib()]
  let most = before
  const sampling = setInterval(() => (most = Math.max(most, usedMib())), 20)
  const value = await work()
  clearInterval(sampling)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  process.stdout.write(`${name}: ${seconds} s, at most ${Math.ceil(most - before)} MiB more in use\n`)
  return value
}

test('M16 100,000 messages go through a file and come out as they were', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'veche-size-'))
  try {
    const old = await historyIn(join(folder, 'old'))
    for (let first = 1; first <= COUNT; first += PAGE)
      await old.append(Array.from({ length: PAGE }, (_, index) => entryAt(first + index)))
    const path = join(folder, 'file')
    await measured('export', async () => {
      await using file = await open(path, 'w')
      const write = async (bytes: Uint8Array) => void (await file.write(bytes))
      const writer = await ExportWriter.begin(write, { ...sender, passphrase, stretch: argon2id })
      await writer.chat({ chatId, handle: 'bob', name: '' })
      for await (const entry of old.log.ascending()) await writer.message(entry)
      const author = { certificate: new Uint8Array(), signatureKey: new Uint8Array(32) }
      await writer.end({ ...author, sign: async () => new Uint8Array(64) })
    })
    const { size } = await stat(path)
    process.stdout.write(`the file: ${(size / 2 ** 20).toFixed(1)} MiB\n`)

    await using file = await open(path)
    const read = async (offset: number, length: number) => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    const exported = (await ExportedFile.open({ size, read }, passphrase, argon2id))!
    const { chats } = await measured('verify', () => exported.verify())
    const fresh = await historyIn(join(folder, 'fresh'))
    await fresh.append([entryAt(COUNT + 1)])
    const added = { entries: () => exported.messages(chats[0]!), most: COUNT, isUnread: () => false }
    const next = await measured('import', () => fresh.prepareWith(added))
    await fresh.turnTo(next!)
    expect(next).toMatchObject({ count: COUNT, read: BigInt(COUNT) })
    let position = 0
    for await (const entry of fresh.log.ascending()) {
      position++
      if (position % 1009 === 0 || position > COUNT) expect(entry).toEqual(entryAt(position))
      else if (entry.position !== BigInt(position)) throw new Error(`${entry.position} at ${position}`)
    }
    expect(position).toBe(COUNT + 1)
    expect(await measured('import again', () => fresh.prepareWith(added))).toBeUndefined()
  } finally {
    await rm(folder, { recursive: true })
  }
}, 900_000)
