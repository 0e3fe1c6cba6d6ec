import { compareBytes, DecodeError, utf8 } from '@veche/protocol'
import { describe, expect, it } from 'vitest'
import { LONG_MS, PROFILE_KEY, randomFrom, SEED } from '../test/material.ts'
import { NoSpaceError } from './files.ts'
import { Journal } from './journal.ts'
import { MemoryFiles } from './memory-files.ts'
import { importProfileKey } from './profile-key.ts'
import { HEADER_BYTES, MAX_BLOCK_BYTES } from './sealed-file.ts'

const open = (files: MemoryFiles, name = 'device') => Journal.open(files, name, PROFILE_KEY)
const RECORDS = Array.from({ length: 10 }, (_, index) => utf8(`record ${'x'.repeat(index)}`))

async function filled(): Promise<MemoryFiles> {
  const files = new MemoryFiles()
  const journal = await open(files)
  await journal.rewrite(utf8('snapshot'))
  for (const record of RECORDS) await journal.append(record)
  return files
}

function changed(files: MemoryFiles, path: string, change: (bytes: Uint8Array) => Uint8Array): MemoryFiles {
  const snapshot = files.snapshot()
  return MemoryFiles.from(snapshot.set(path, change(snapshot.get(path)!)))
}

async function keyPath(files: MemoryFiles, name = 'device'): Promise<string> {
  return (await files.list('')).find((each) => each.startsWith(`${name}.`) && each.endsWith('.key'))!
}

/** Where each block ends: the snapshot's, then the records'. */
const ENDS = [utf8('snapshot'), ...RECORDS].map((_, index, contents) =>
  contents.slice(0, index + 1).reduce((end, { length }) => end + 37 + length, HEADER_BYTES),
)
const wholeBefore = (offset: number) => RECORDS.slice(0, ENDS.filter((end) => end <= offset).length - 1)

describe('a journal', () => {
  it('gives back its snapshot and the records after it', async () => {
    const files = new MemoryFiles()
    const empty = await open(files)
    expect([empty.snapshot, empty.records, empty.size, empty.repaired]).toEqual([undefined, [], 0, undefined])
    await empty.append(utf8('a'))
    await empty.rewrite(new Uint8Array())
    await Promise.all([empty.append(utf8('b')), empty.append(utf8('c'))])
    expect(empty.size).toBe(2)
    const again = await open(files)
    expect(again.snapshot).toEqual(new Uint8Array())
    expect(again.records).toEqual([utf8('b'), utf8('c')])
    expect(again.size).toBe(2)
  })

  it('M16: stores nothing that can be read', async () => {
    const files = await filled()
    for (const content of files.snapshot().values()) {
      expect(Buffer.from(content).includes('record')).toBe(false)
      expect(Buffer.from(content).includes('snapshot')).toBe(false)
    }
  })

  it('never seals two blocks under one nonce, cut and torn ones included', async () => {
    const files = await filled()
    const nonces = new Set<string>()
    for (let round = 0; round < 50; round++) {
      const journal = await open(files)
      await journal.append(utf8('again'))
      const bytes = (await files.read('device.journal'))!
      nonces.add(Buffer.from(bytes.subarray(ENDS.at(-1)! + 9, ENDS.at(-1)! + 21)).toString('hex'))
      await files.truncate('device.journal', bytes.length - 1 - (round % 20))
    }
    expect(nonces.size).toBe(50)
  })

  it('leaves no key but its own after a rewrite', async () => {
    const files = await filled()
    const before = (await files.read(await keyPath(files)))!
    await (await open(files)).rewrite(utf8('next'))
    expect((await files.list('')).length).toBe(2)
    for (const content of files.snapshot().values()) expect(compareBytes(content, before)).not.toBe(0)
  })

  it('M22: is gone when removed', async () => {
    const files = await filled()
    await Journal.remove(files, 'device')
    await Journal.remove(files, 'device')
    expect(files.snapshot().size).toBe(0)
    expect((await open(files)).records).toEqual([])
  })

  it('keeps apart from journals whose names begin alike', async () => {
    const files = new MemoryFiles()
    await (await open(files, 'a')).append(utf8('a'))
    await (await open(files, 'a.b')).append(utf8('b'))
    await Journal.remove(files, 'a')
    expect((await open(files, 'a.b')).records).toEqual([utf8('b')])
  })

  it('refuses another profile key, a foreign key and a foreign journal', async () => {
    const files = await filled()
    const other = await importProfileKey(new Uint8Array(32).fill(8))
    await expect(Journal.open(files, 'device', other)).rejects.toThrow(DecodeError)
    const moved = new Map([...files.snapshot()].map(([path, each]) => [path.replace('device', 'chat'), each]))
    await expect(open(MemoryFiles.from(moved), 'chat')).rejects.toThrow(DecodeError)
    const lost = files.snapshot()
    lost.delete(await keyPath(files))
    await expect(open(MemoryFiles.from(lost))).rejects.toThrow(DecodeError)
    const later = changed(files, 'device.journal', (bytes) => bytes.with(7, 2))
    await expect(open(later)).rejects.toThrow('version 2')
  })

  it('refuses a record that no block can hold, and goes on', async () => {
    const journal = await open(new MemoryFiles())
    await expect(journal.append(new Uint8Array(MAX_BLOCK_BYTES + 1))).rejects.toThrow(RangeError)
    await journal.append(utf8('a'))
    expect(journal.size).toBe(1)
  })
})

describe('F14: a journal on a full disk', { timeout: LONG_MS }, () => {
  it('stays byte for byte as it was, and goes on when there is space', async () => {
    const files = await filled()
    const journal = await open(files)
    const before = files.snapshot()
    files.capacityBytes = [...before.values()].reduce((sum, each) => sum + each.length, 0)
    await expect(journal.append(utf8('a'))).rejects.toThrow(NoSpaceError)
    await expect(journal.rewrite(utf8('b'))).rejects.toThrow(NoSpaceError)
    expect(files.snapshot()).toEqual(before)
    files.capacityBytes += 61
    await expect(journal.rewrite(utf8('b'))).rejects.toThrow(NoSpaceError)
    expect(files.snapshot()).toEqual(before)
    files.capacityBytes = Number.POSITIVE_INFINITY
    await journal.append(utf8('c'))
    expect((await open(files)).records).toEqual([...RECORDS, utf8('c')])
  })
})

describe('a journal on a disk that fails while undoing', () => {
  class FailingFiles extends MemoryFiles {
    failsAfter: 'append' | 'replace' | undefined

    override async append(path: string, bytes: Uint8Array): Promise<void> {
      await super.append(path, this.failsAfter === 'append' ? bytes.subarray(0, 40) : bytes)
      if (this.failsAfter === 'append') throw new Error('the disk failed')
    }

    override async replace(path: string, bytes: Uint8Array): Promise<void> {
      await super.replace(path, bytes)
      if (this.failsAfter === 'replace') throw new Error('the disk failed')
    }
  }

  it('appends nothing behind a half record', async () => {
    const files = new FailingFiles()
    const journal = await open(files)
    files.failsAfter = 'append'
    await expect(journal.append(utf8('a'))).rejects.toThrow('the disk failed')
    files.failsAfter = undefined
    await journal.append(utf8('b'))
    const again = await open(files)
    expect([again.records, again.repaired]).toEqual([[utf8('b')], undefined])
  })

  it('is to be opened anew when it cannot tell whether a rewrite counted', async () => {
    const files = new FailingFiles()
    const journal = await open(files)
    files.failsAfter = 'replace'
    await expect(journal.rewrite(utf8('new'))).rejects.toThrow('the disk failed')
    files.failsAfter = undefined
    await expect(journal.append(utf8('a'))).rejects.toThrow('open it anew')
    await expect(journal.rewrite(utf8('a'))).rejects.toThrow('open it anew')
    expect((await open(files)).snapshot).toEqual(utf8('new'))
  })
})

describe('F15: a damaged journal', { timeout: LONG_MS }, () => {
  it('cut at every point gives all records before the cut, and says so', async () => {
    const files = await filled()
    for (let length = 0; length < ENDS.at(-1)!; length++) {
      const cut = changed(files, 'device.journal', (bytes) => bytes.slice(0, length))
      if (length < ENDS[0]!) {
        await expect(open(cut)).rejects.toThrow(DecodeError)
        continue
      }
      const journal = await open(cut)
      expect(journal.records).toEqual(wholeBefore(length))
      // A file that ends between two blocks is what it was before the next block was appended.
      const isBoundary = ENDS.includes(length)
      expect(journal.repaired?.kind).toBe(isBoundary ? undefined : 'torn')
      await journal.append(utf8('next'))
      const again = await open(cut)
      expect(again.records).toEqual([...wholeBefore(length), utf8('next')])
      expect(again.repaired).toBeUndefined()
    }
  })

  it('with zeros in place of a torn block is torn', async () => {
    const files = changed(await filled(), 'device.journal', (bytes) => bytes.slice().fill(0, ENDS[4]))
    const journal = await open(files)
    expect(journal.repaired).toEqual({ kind: 'torn', offset: ENDS[4], lostBytes: ENDS.at(-1)! - ENDS[4]! })
  })

  it(`with any of 10,000 random bits flipped is told of, and gives all before it (seed ${SEED})`, async () => {
    const random = randomFrom(SEED)
    const files = await filled()
    for (let round = 0; round < 10_000; round++) {
      const at = random(ENDS.at(-1)!)
      const flipped = changed(files, 'device.journal', (bytes) =>
        bytes.with(at, bytes[at]! ^ (1 << random(8))),
      )
      if (at < ENDS[0]!) {
        await expect(open(flipped)).rejects.toThrow(DecodeError)
        continue
      }
      const journal = await open(flipped)
      expect(journal.records).toEqual(wholeBefore(at))
      expect(journal.repaired?.kind).toBe('damaged')
    }
  })

  it('with any bit of its key flipped is refused', async () => {
    const files = await filled()
    const path = await keyPath(files)
    for (let bit = 0; bit < 61 * 8; bit++) {
      const flipped = changed(files, path, (key) => key.with(bit >> 3, key[bit >> 3]! ^ (1 << (bit & 7))))
      await expect(open(flipped)).rejects.toThrow(DecodeError)
    }
  })

  it('takes no record behind the damage, says so at every opening, and is whole after a rewrite', async () => {
    const files = changed(await filled(), 'device.journal', (bytes) => bytes.with(ENDS[3]!, 9))
    for (let opening = 0; opening < 2; opening++) {
      const journal = await open(files)
      expect(journal.repaired?.kind).toBe('damaged')
      await expect(journal.append(utf8('a'))).rejects.toThrow(DecodeError)
    }
    await (await open(files)).rewrite(utf8('whole'))
    const journal = await open(files)
    await journal.append(utf8('a'))
    expect(journal.repaired).toBeUndefined()
  })

  it('A18: with blocks swapped, dropped, doubled, or put in from another or an older file is told of', async () => {
    const files = await filled()
    const other = (await (await filled()).read('device.journal'))!
    const block = (bytes: Uint8Array, index: number) => bytes.slice(ENDS[index], ENDS[index + 1])
    const edits: ((bytes: Uint8Array) => Uint8Array[])[] = [
      (bytes) => [bytes.slice(0, ENDS[2]), block(bytes, 3), block(bytes, 2), bytes.slice(ENDS[4])],
      (bytes) => [bytes.slice(0, ENDS[2]), bytes.slice(ENDS[3])],
      (bytes) => [bytes.slice(0, ENDS[2]), block(bytes, 1), bytes.slice(ENDS[2])],
      (bytes) => [bytes.slice(0, ENDS[2]), block(other, 2), bytes.slice(ENDS[3])],
    ]
    for (const edit of edits) {
      const journal = await open(changed(files, 'device.journal', (bytes) => Buffer.concat(edit(bytes))))
      expect(journal.records).toEqual(RECORDS.slice(0, 2))
      expect(journal.repaired?.kind).toBe('damaged')
    }
    await expect(open(changed(files, 'device.journal', () => other))).rejects.toThrow(DecodeError)
  })

  it(`made of random bytes is refused with DecodeError (seed ${SEED})`, async () => {
    const random = randomFrom(SEED)
    const files = await filled()
    for (let round = 0; round < 300; round++) {
      const noise = Uint8Array.from({ length: random(2_000) }, () => random(256))
      const start = HEADER_BYTES * random(2)
      const edited = changed(files, 'device.journal', (bytes) =>
        Buffer.concat([bytes.slice(0, start), noise]),
      )
      await expect(open(edited)).rejects.toThrow(DecodeError)
    }
  })
})
