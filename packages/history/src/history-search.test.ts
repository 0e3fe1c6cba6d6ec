/** Searching a history, with and without its indexes; what damage or a crash leaves of one makes no search wrong. */
import { DecodeError } from '@veche/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHAT, entriesAt, entryAt, LONG_MS, PROFILE_KEY, randomFrom, SEED } from '../test/material.ts'
import type { HistoryEntry } from './history-entry.ts'
import { HistoryLog } from './history-log.ts'
import { MemoryFiles, Stopped, type Unsynced } from './memory-files.ts'
import { importAesKey } from './profile-key.ts'
import { textMatches } from './search-text.ts'
import { type IndexPlace, openIndex, writeIndex } from './segment-index.ts'

const FOLDER = `history/${CHAT}`
const index = (number: number) => `${FOLDER}/00000${number}.index`
const segment = (number: number) => `${FOLDER}/00000${number}.segment`
const open = (files: MemoryFiles) => HistoryLog.open(files, CHAT, PROFILE_KEY)

async function filled(...appends: readonly (readonly HistoryEntry[])[]): Promise<MemoryFiles> {
  const files = new MemoryFiles()
  const log = await open(files)
  for (const entries of appends) await log.append(entries)
  return files
}

async function found(
  log: HistoryLog,
  text: string,
  options: { limit?: number; before?: bigint } = {},
): Promise<number[]> {
  const positions: number[] = []
  for await (const { position } of log.search(text, options)) positions.push(Number(position))
  return positions
}

class CountingFiles extends MemoryFiles {
  readonly touched: string[] = []

  override async read(path: string): Promise<Uint8Array | undefined> {
    this.touched.push(path)
    return super.read(path)
  }
}

describe('a search of a history', { timeout: LONG_MS }, () => {
  it('finds texts whatever their case and form, newest first', async () => {
    const log = await open(
      await filled([
        entryAt(1, 'Ещё ёлка'),
        entryAt(2, 'nothing'),
        entryAt(3, 'ЕЛКА'),
        entryAt(5, 'и\u0306од'),
      ]),
    )
    await log.append([{ ...entryAt(4), content: Uint8Array.of(255) }])
    expect(await found(log, 'елка')).toEqual([3, 1])
    expect(await found(log, 'елка', { limit: 1 })).toEqual([3])
    expect(await found(log, 'елка', { limit: 0 })).toEqual([])
    expect(await found(log, 'елка', { before: 3n })).toEqual([1])
    expect(await found(log, 'Й')).toEqual([5])
    expect(await found(log, '')).toEqual([5, 4, 3, 2, 1])
    expect(await found(await open(new MemoryFiles()), 'a')).toEqual([])
  })

  it(`gives what looking at every message gives, indexed or not (seed ${SEED})`, async () => {
    const alphabet = fc.constantFrom('а', 'б', 'Ё', 'е', 'b', 'B', ' ', '\n', '\u0000', '😀', 'ß', 'ﬁ')
    const texts = fc.array(fc.string({ unit: alphabet, maxLength: 6 }), { minLength: 1, maxLength: 60 })
    const appended = fc.record({
      first: fc.integer({ min: 1, max: 2_000 }),
      texts,
      times: fc.constantFrom(1, 9, 30),
    })
    const sought = fc.string({ unit: fc.oneof(alphabet, fc.constantFrom('\ud83d', 'ф')), maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(appended, { minLength: 1, maxLength: 3 }),
        fc.array(sought, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 4_000 }),
        async (appends, all, limit, before) => {
          const files = new MemoryFiles()
          const model = new Map<number, string>()
          for (const { first, texts, times } of appends) {
            const many = Array.from({ length: times }, () => texts).flat()
            await (await open(files)).append(many.map((text, at) => entryAt(first + at, text)))
            many.forEach((text, at) => {
              if (!model.has(first + at)) model.set(first + at, text)
            })
          }
          const log = await open(files)
          const newestFirst = [...model].sort(([a], [b]) => b - a)
          for (const text of [...all, ...all]) {
            const expected = newestFirst.filter(([, each]) => textMatches(each, text)).map(([at]) => at)
            expect(await found(log, text)).toEqual(expected)
            expect(await found(log, text, { limit, before: BigInt(before) })).toEqual(
              expected.filter((at) => at < before).slice(0, limit),
            )
          }
        },
      ),
      { seed: SEED, numRuns: 25 },
    )
  })

  it('looks at no more than the newest segments for the first results, and at indexes for what is rare', async () => {
    const files = new CountingFiles()
    await (await open(files)).append([
      entryAt(1, 'зяблик'),
      ...entriesAt(2, 6_000),
      ...Array.from({ length: 200 }, (_, at) => entryAt(6_001 + at, 'рассада')),
    ])
    const log = await open(files)
    files.touched.length = 0
    expect(await found(log, 'рассада', { limit: 20 })).toHaveLength(20)
    expect(files.touched.filter((path) => path < segment(6))).toEqual([])
    files.touched.length = 0
    expect(await found(log, 'зяблик')).toEqual([1])
    // The oldest holds it; the one that grows is read for its index.
    expect(files.touched.filter((path) => path.endsWith('.segment') && path < segment(6))).toEqual(
      expect.arrayContaining([segment(1)]),
    )
    expect(new Set(files.touched.filter((path) => path > segment(1) && path < index(6)))).toEqual(
      new Set([index(2), index(3), index(4), index(5)]),
    )
  })

  it('covers by an index what a segment that grows has, and reads the rest from the segment', async () => {
    const files = await filled(entriesAt(1, 65))
    const log = await open(files)
    expect(await found(log, 'message 64')).toEqual([64])
    const first = await files.read(index(1))
    expect(first).toBeDefined()
    await log.append([entryAt(66, 'зяблик')])
    expect(await found(log, 'зяблик')).toEqual([66])
    expect(await files.read(index(1))).toEqual(first)
    await log.append(entriesAt(67, 130))
    expect(await found(await open(files), 'message 130')).toEqual([130])
    expect(await files.read(index(1))).not.toEqual(first)
  })

  it('needs no index where there is no space for one', async () => {
    const files = await filled(entriesAt(1, 100))
    files.capacityBytes = [...files.snapshot().values()].reduce((sum, each) => sum + each.length, 0)
    const before = files.snapshot()
    expect(await found(await open(files), 'message 9')).toEqual([...upTo(99).slice(89).reverse(), 9])
    expect(files.snapshot()).toEqual(before)
  })

  it('stores nothing that can be read', async () => {
    const files = await filled([entryAt(1, 'a word of no one else'), ...entriesAt(2, 1_100)])
    expect(await files.read(index(1))).toBeDefined()
    for (const content of files.snapshot().values())
      expect(Buffer.from(content).includes('a word')).toBe(false)
  })

  it('M22: brings nothing back of a history that is removed meanwhile', async () => {
    const files = await filled(entriesAt(1, 3_000))
    for (const number of [1, 2]) await files.overwriteAndRemove(index(number))
    const log = await open(files)
    const search = log.search('message')
    expect((await search.next()).value?.position).toBe(3_000n)
    const going = (async () => {
      for await (const _ of search) if (_.position === 2_049n) await log.remove()
    })()
    await going
    expect(files.snapshot().size).toBe(0)
  })
})

describe('F15: a damaged index', { timeout: LONG_MS }, () => {
  const ID = new Uint8Array(16).fill(5)
  const TEXTS = Array.from({ length: 20 }, (_, at) => `text ${at}`)

  async function written(): Promise<{ place: IndexPlace; files: MemoryFiles; bytes: Uint8Array }> {
    const files = new MemoryFiles()
    const key = importAesKey(new Uint8Array(32).fill(6))
    const place = { files, path: 'a', id: ID, key: () => key }
    await writeIndex(place, { bytes: 1, lastTag: new Uint8Array(16) }, TEXTS)
    return { place, files, bytes: (await files.read('a'))! }
  }

  async function expectUseless(place: IndexPlace, bytes: Uint8Array): Promise<void> {
    await place.files.replace('a', bytes)
    const opened = await openIndex(place)
    if (opened !== undefined) await expect(opened.find('text 7')).rejects.toThrow(DecodeError)
  }

  it('tells nothing when it is cut at any byte', async () => {
    const { place, bytes } = await written()
    expect(await (await openIndex(place))!.find('text 7')).toEqual([7])
    for (let length = 0; length < bytes.length; length++) await expectUseless(place, bytes.slice(0, length))
  })

  it(`tells nothing when any of 10,000 random bits is flipped (seed ${SEED})`, async () => {
    const { place, bytes } = await written()
    const random = randomFrom(SEED)
    for (let round = 0; round < 10_000; round++) {
      const at = random(bytes.length)
      await expectUseless(place, bytes.with(at, bytes[at]! ^ (1 << random(8))))
    }
  })

  it(`or one that is missing or of another segment, makes no search wrong, and is made anew (seed ${SEED})`, async () => {
    const random = randomFrom(SEED)
    const files = await filled(entriesAt(1, 2_100))
    const whole = files.snapshot()
    const [first, second] = [whole.get(index(1))!, whole.get(index(2))!]
    const bad = [
      undefined,
      second,
      new Uint8Array(),
      ...Array.from({ length: 30 }, () => first.slice(0, random(first.length))),
      ...Array.from({ length: 30 }, () => {
        const at = random(first.length)
        return first.with(at, first[at]! ^ (1 << random(8)))
      }),
    ]
    for (const bytes of bad) {
      const damaged = MemoryFiles.from(whole)
      if (bytes === undefined) await damaged.overwriteAndRemove(index(1))
      else await damaged.replace(index(1), bytes)
      const log = await open(damaged)
      expect(await found(log, 'message 1001')).toEqual([1001])
      expect(log.damage).toEqual([])
      expect((await damaged.read(index(1)))?.length).toBe(first.length)
      expect(await found(await open(damaged), 'message 1001')).toEqual([1001])
    }
  })

  it('of a segment that was cut between two blocks and grew on is not believed', async () => {
    const files = new MemoryFiles()
    const log = await open(files)
    await log.append(entriesAt(1, 70))
    const shorter = (await files.size(segment(1)))!
    await log.append([entryAt(71, 'зяблик')])
    expect(await found(log, 'зяблик')).toEqual([71])
    await files.truncate(segment(1), shorter)
    const again = await open(files)
    await again.append([entryAt(71, 'синица')])
    expect(await found(again, 'синица')).toEqual([71])
    expect(await found(again, 'зяблик')).toEqual([])
  })

  it('or a whole one, finds nothing in a block that is damaged, and the message once it was taken again', async () => {
    const files = await filled([...entriesAt(1, 9), entryAt(10, 'зяблик'), ...entriesAt(11, 1_100)])
    const bytes = (await files.read(segment(1)))!
    await files.replace(segment(1), bytes.with(400, bytes[400]! ^ 1))
    const log = await open(files)
    expect(await found(log, 'зяблик')).toEqual([])
    expect(log.damage).toMatchObject([{ segment: 1, kind: 'damaged' }])
    await log.append([entryAt(10, 'зяблик')])
    expect(await found(log, 'зяблик')).toEqual([10])
    expect(await found(await open(files), 'зяблик')).toEqual([10])
  })
})

describe('F16: a search that dies at any step', { timeout: LONG_MS }, () => {
  it('leaves a history that is whole and searched as before', async () => {
    const whole = (await filled(entriesAt(1, 1_100))).snapshot()
    whole.delete(index(1))
    for (let step = 0; ; step++) {
      const files = MemoryFiles.from(whole)
      files.stopAfter = step
      const log = await open(files).catch((cause: unknown) => cause)
      const outcome =
        log instanceof HistoryLog ? await found(log, 'message 7').catch((cause: unknown) => cause) : log
      if (!(outcome instanceof Stopped)) break
      for (const unsynced of ['lost', 'torn', 'kept'] satisfies Unsynced[]) {
        const again = await open(files.afterCrash(unsynced))
        expect((await found(again, 'message 7')).at(-1)).toBe(7)
        expect([again.count, again.damage]).toEqual([1_100, []])
      }
    }
  })
})

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1)
}
