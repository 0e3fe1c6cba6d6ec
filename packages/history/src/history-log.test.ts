import { ChatId, DecodeError } from '@veche/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHAT, entriesAt, entryAt, LONG_MS, PROFILE_KEY, randomFrom, SEED } from '../test/material.ts'
import { NoSpaceError } from './files.ts'
import type { HistoryEntry } from './history-entry.ts'
import { HistoryLog } from './history-log.ts'
import { MemoryFiles } from './memory-files.ts'
import { importProfileKey } from './profile-key.ts'
import { HEADER_BYTES } from './sealed-file.ts'

const FOLDER = `history/${CHAT}`
const open = (files: MemoryFiles) => HistoryLog.open(files, CHAT, PROFILE_KEY)
const positions = (entries: readonly HistoryEntry[]) => entries.map(({ position }) => Number(position))
const segment = (number: number) => `${FOLDER}/00000${number}.segment`

async function filled(appends: readonly HistoryEntry[][]): Promise<MemoryFiles> {
  const files = new MemoryFiles()
  const log = await open(files)
  for (const entries of appends) await log.append(entries)
  return files
}

function changed(files: MemoryFiles, path: string, change: (bytes: Uint8Array) => Uint8Array): MemoryFiles {
  const snapshot = files.snapshot()
  return MemoryFiles.from(snapshot.set(path, change(snapshot.get(path)!)))
}

const flip = (at: number, bit: number) => (bytes: Uint8Array) => bytes.with(at, bytes[at]! ^ (1 << bit))

/** Counts what is read, to show what is not. */
class CountingFiles extends MemoryFiles {
  readBytes = 0

  override async read(path: string): Promise<Uint8Array | undefined> {
    const bytes = await super.read(path)
    this.readBytes += bytes?.length ?? 0
    return bytes
  }

  override async readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const bytes = (await super.read(path))?.slice(offset, offset + length)
    this.readBytes += bytes?.length ?? 0
    return bytes
  }

  override async size(path: string): Promise<number | undefined> {
    return (await super.read(path))?.length
  }
}

describe('a history', { timeout: LONG_MS }, () => {
  it('M16: gives back what was appended, after opening it anew as well', async () => {
    const entries = entriesAt(1, 5)
    const files = await filled([entries.slice(0, 2), [], entries.slice(2)])
    const log = await open(files)
    expect(await log.last(10)).toEqual(entries)
    expect(await log.last(2)).toEqual(entries.slice(3))
    expect(await log.last(2, { before: 4n })).toEqual(entries.slice(1, 3))
    expect(await log.last(0)).toEqual([])
    expect(await log.positionOf(entries[3]!.messageId)).toBe(entries[3]!.position)
    expect(await log.positionOf(entryAt(9).messageId)).toBeUndefined()
    expect([log.count, log.lastPosition, log.damage]).toEqual([5, 5n, []])
  })

  it('is empty at first', async () => {
    const log = await open(new MemoryFiles())
    expect([log.count, log.lastPosition, await log.last(5)]).toEqual([0, 0n, []])
  })

  it('passes over what it holds, in one append and between them', async () => {
    const files = await filled([entriesAt(1, 3), entriesAt(1, 5), [entryAt(6), entryAt(6)]])
    const log = await open(files)
    await Promise.all([log.append(entriesAt(1, 8)), log.append(entriesAt(4, 9))])
    expect(positions(await log.last(100))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(log.count).toBe(9)
  })

  it('stores nothing that can be read', async () => {
    const files = await filled([[entryAt(1, 'a word of no one else')]])
    for (const content of files.snapshot().values())
      expect(Buffer.from(content).includes('a word')).toBe(false)
  })

  it('refuses another profile key, a missing key and the history of another chat', async () => {
    const files = await filled([entriesAt(1, 3)])
    const other = await importProfileKey(new Uint8Array(32).fill(8))
    await expect(HistoryLog.open(files, CHAT, other)).rejects.toThrow(DecodeError)
    const chat = ChatId.fromBytes(new Uint8Array(16).fill(9))
    const moved = new Map([...files.snapshot()].map(([path, each]) => [path.replace(CHAT, chat), each]))
    await expect(HistoryLog.open(MemoryFiles.from(moved), chat, PROFILE_KEY)).rejects.toThrow(DecodeError)
    const lost = files.snapshot()
    lost.delete(`${FOLDER}/key`)
    await expect(open(MemoryFiles.from(lost))).rejects.toThrow(DecodeError)
  })

  it('M22: is gone when removed', async () => {
    const files = await filled([entriesAt(1, 1_100)])
    await (await open(files)).remove()
    expect(files.snapshot().size).toBe(0)
    await HistoryLog.remove(files, CHAT)
    expect(files.snapshot().size).toBe(0)
    expect((await open(files)).count).toBe(0)
  })

  it('agrees with a simple model, whatever the order of positions', async () => {
    const chunk = fc.record({
      first: fc.integer({ min: 1, max: 3_000 }),
      length: fc.integer({ min: 1, max: 700 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 3_800 }),
        async (chunks, limit, before) => {
          const files = new MemoryFiles()
          const model = new Set<number>()
          for (const { first, length } of chunks) {
            await (await open(files)).append(entriesAt(first, first + length - 1))
            for (let each = first; each < first + length; each++) model.add(each)
          }
          const log = await open(files)
          const expected = [...model]
            .filter((each) => each < before)
            .sort((a, b) => a - b)
            .slice(-limit)
          expect(positions(await log.last(limit, { before: BigInt(before) }))).toEqual(expected)
          expect(log.count).toBe(model.size)
          expect(Number(log.lastPosition)).toBe(Math.max(...model))
          expect(await log.positionOf(entryAt(chunks[0]!.first).messageId)).toBe(BigInt(chunks[0]!.first))
        },
      ),
      { seed: SEED, numRuns: 30 },
    )
  })
})

describe('a long history', { timeout: LONG_MS }, () => {
  it('opens and shows its last 50 of 100,000 messages by reading a hundredth of it', async () => {
    const files = new CountingFiles()
    await (await open(files)).append(entriesAt(1, 100_000))
    const wholeBytes = [...files.snapshot().values()].reduce((sum, each) => sum + each.length, 0)
    files.readBytes = 0
    const log = await open(files)
    expect(log.count).toBe(100_000)
    expect(files.readBytes).toBeLessThan(wholeBytes / 50)
    files.readBytes = 0
    expect(positions(await log.last(50)).at(0)).toBe(99_951)
    expect(files.readBytes).toBeLessThan(20_000)
    files.readBytes = 0
    expect(positions(await log.last(50, { before: 50_001n })).at(-1)).toBe(50_000)
    expect(files.readBytes).toBeLessThan(60_000)
  })
})

describe('F14: a history on a full disk', { timeout: LONG_MS }, () => {
  it('stays byte for byte as it was, and goes on when there is space', async () => {
    const files = await filled([entriesAt(1, 1_024)])
    const log = await open(files)
    const before = files.snapshot()
    files.capacityBytes = [...before.values()].reduce((sum, each) => sum + each.length, 0)
    await expect(log.append([entryAt(1_025)])).rejects.toThrow(NoSpaceError)
    expect(files.snapshot()).toEqual(before)
    expect(log.count).toBe(1_024)
    files.capacityBytes = Number.POSITIVE_INFINITY
    await log.append([entryAt(1_025)])
    expect((await open(files)).count).toBe(1_025)
  })
})

describe('F15: a damaged history', { timeout: LONG_MS }, () => {
  const SMALL = [entriesAt(1, 2), entriesAt(3, 3), entriesAt(4, 6), entriesAt(7, 7), entriesAt(8, 9)]

  /** Where each append ended, and the last position then. */
  async function ends(): Promise<{ files: MemoryFiles; ends: { bytes: number; last: number }[] }> {
    const files = new MemoryFiles()
    const log = await open(files)
    const found: { bytes: number; last: number }[] = []
    for (const entries of SMALL) {
      await log.append(entries)
      found.push({ bytes: (await files.size(segment(1)))!, last: Number(log.lastPosition) })
    }
    return { files, ends: found }
  }

  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

  it('cut at every point gives all before the cut, says so, and takes the rest again', async () => {
    const { files, ends: all } = await ends()
    for (let length = 0; length < all.at(-1)!.bytes; length++) {
      const cut = changed(files, segment(1), (bytes) => bytes.slice(0, length))
      const log = await open(cut)
      const last = all.findLast(({ bytes }) => bytes <= length)?.last ?? 0
      expect(positions(await log.last(100))).toEqual(upTo(last))
      const isBoundary = length >= 24 && log.damage.length === 0
      if (isBoundary) expect(last === 0 || all.some(({ bytes }) => bytes === length)).toBe(true)
      else expect(log.damage[0]?.segment).toBe(1)
      await log.append(SMALL.flat())
      const again = await open(cut)
      expect(positions(await again.last(100))).toEqual(upTo(9))
    }
  })

  it(`with any of 10,000 random bits flipped is told of, and gives all before it (seed ${SEED})`, async () => {
    const random = randomFrom(SEED)
    const { files, ends: all } = await ends()
    for (let round = 0; round < 10_000; round++) {
      const at = random(all.at(-1)!.bytes)
      const log = await open(changed(files, segment(1), flip(at, random(8))))
      const last = at < 24 ? 0 : (all.findLast(({ bytes }) => bytes <= at)?.last ?? 0)
      expect(log.damage.map(({ segment: number }) => number)).toEqual([1])
      expect(positions(await log.last(100))).toEqual(upTo(last))
    }
  })

  it(`with a bit of a full segment flipped gives all but the block, and verify tells (seed ${SEED})`, async () => {
    const random = randomFrom(SEED)
    const files = await filled([entriesAt(1, 1_100)])
    const length = (await files.size(segment(1)))!
    for (let round = 0; round < 500; round++) {
      const at = round < HEADER_BYTES ? round : random(length)
      const log = await open(changed(files, segment(1), flip(at, random(8))))
      const read = positions(await log.last(2_000))
      expect(read.length).toBeGreaterThanOrEqual(1_100 - 64)
      await log.verify()
      expect(log.damage.length, `flipped at ${at}`).toBeGreaterThan(0)
    }
  })

  it('takes lost messages again, in a new segment, and is then as before', async () => {
    const files = changed(await filled([entriesAt(1, 100), entriesAt(101, 200)]), segment(1), flip(400, 1))
    const log = await open(files)
    expect(log.count).toBe(0)
    await log.append(entriesAt(1, 200))
    const again = await open(files)
    expect(positions(await again.last(500))).toEqual(upTo(200))
  })

  it('takes messages again that were lost in the middle of a full segment', async () => {
    const files = changed(await filled([entriesAt(1, 1_100)]), segment(1), flip(10_000, 1))
    const log = await open(files)
    expect((await log.last(2_000)).length).toBeLessThan(1_100)
    await log.append(entriesAt(1, 1_100))
    expect(positions(await log.last(2_000))).toEqual(upTo(1_100))
    expect(positions(await (await open(files)).last(2_000))).toEqual(upTo(1_100))
  })

  it('begins a new segment when a block of the growing one goes bad', async () => {
    const files = await filled([entriesAt(1, 100)])
    const log = await open(files)
    const bytes = (await files.read(segment(1)))!
    await files.replace(segment(1), flip(400, 1)(bytes))
    expect(positions(await log.last(1_000))).toEqual(upTo(100).slice(64))
    await log.append(entriesAt(1, 101))
    expect(positions(await log.last(1_000))).toEqual(upTo(101))
    // Without a directory the segment is read from its start, up to the damage.
    const again = await open(files)
    await again.verify()
    expect(again.damage.length).toBeGreaterThan(0)
    await again.append(entriesAt(1, 101))
    expect(positions(await again.last(1_000))).toEqual(upTo(101))
    expect(positions(await (await open(files)).last(1_000))).toEqual(upTo(101))
  })

  it('finds the earlier segments when the newest one is lost, and tells of a missing or cut one', async () => {
    const files = await filled([entriesAt(1, 3_000)])
    const whole = files.snapshot()
    const unreadable = await open(changed(files, segment(3), () => new Uint8Array(5)))
    expect(unreadable.count).toBe(2_048)
    await unreadable.append(entriesAt(1, 3_000))
    expect(unreadable.count).toBe(3_000)
    whole.delete(segment(2))
    const missing = await open(MemoryFiles.from(whole))
    expect(missing.count).toBe(3_000 - 1_024)
    expect(missing.damage).toMatchObject([{ segment: 2, kind: 'damaged', offset: 0 }])
    const cut = await open(changed(files, segment(1), (bytes) => bytes.slice(0, -1)))
    expect(cut.count).toBe(3_000)
    expect(cut.damage).toMatchObject([
      { segment: 1, kind: 'damaged' },
      { segment: 1, kind: 'damaged' },
    ])
  })

  it('reports a file that went away while it was open, and reads the rest', async () => {
    const files = await filled([entriesAt(1, 1_100)])
    const log = await open(files)
    await files.overwriteAndRemove(segment(1))
    expect(positions(await log.last(2_000))).toEqual(upTo(1_100).slice(1_024))
    expect(log.damage).toMatchObject([{ segment: 1, kind: 'damaged' }])
  })

  it('A18: with segments swapped is told of', async () => {
    const files = await filled([entriesAt(1, 3_000)])
    const swapped = files.snapshot()
    const first = swapped.get(segment(1))!
    swapped.set(segment(1), swapped.get(segment(2))!).set(segment(2), first)
    const log = await open(MemoryFiles.from(swapped))
    await log.verify()
    expect(log.damage.length).toBeGreaterThan(0)
    expect(positions(await log.last(3_000))).toEqual(upTo(3_000).slice(2_048))
  })
})

describe('by ascending position', () => {
  it('M16: gives every message once, however they were stored', async () => {
    const files = new MemoryFiles()
    const log = await HistoryLog.open(files, CHAT, PROFILE_KEY)
    for (const [first, last] of [
      [3001, 4000],
      [1, 500],
      [4001, 4100],
      [501, 3000],
    ] as const)
      await log.append(entriesAt(first, last))
    for (const one of [log, await HistoryLog.open(files, CHAT, PROFILE_KEY)]) {
      const found: HistoryEntry[] = []
      for await (const entry of one.ascending()) found.push(entry)
      expect(found).toEqual(entriesAt(1, 4100))
      const ids = new Set<string>()
      for await (const id of one.ids()) ids.add(id)
      expect(ids.size).toBe(4100)
    }
  })

  it('F15: leaves out what is damaged, and tells', async () => {
    const files = new MemoryFiles()
    const log = await HistoryLog.open(files, CHAT, PROFILE_KEY)
    await log.append(entriesAt(1, 1500))
    const stored = files.snapshot()
    stored.get(`history/${CHAT}/000001.segment`)![5000]! ^= 1
    const damaged = await HistoryLog.open(MemoryFiles.from(stored), CHAT, PROFILE_KEY)
    const found: bigint[] = []
    for await (const { position } of damaged.ascending()) found.push(position)
    expect(found.length).toBeLessThan(1500)
    expect(found).toEqual(found.toSorted((a, b) => Number(a - b)))
    expect(damaged.damage).toHaveLength(1)
    await damaged.append(entriesAt(1, 1500))
    const again: bigint[] = []
    for await (const { position } of damaged.ascending()) again.push(position)
    expect(again).toEqual(entriesAt(1, 1500).map(({ position }) => position))
  })
})
