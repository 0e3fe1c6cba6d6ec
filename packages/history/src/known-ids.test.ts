import { MessageId, randomId } from '@veche/protocol'
import { describe, expect, it } from 'vitest'
import { CHAT, entriesAt, entryAt, LONG_MS, PROFILE_KEY } from '../test/material.ts'
import { HistoryLog } from './history-log.ts'
import { KnownIds } from './known-ids.ts'
import { MemoryFiles, Stopped, type Unsynced } from './memory-files.ts'

const open = (files: MemoryFiles) => KnownIds.open(files, CHAT, PROFILE_KEY)

describe('A11 M22: the ids of messages that are erased', () => {
  it('are known with their positions, and nothing of them is kept besides', async () => {
    const files = new MemoryFiles()
    expect(await (await open(files)).find(entryAt(1).messageId)).toBeUndefined()
    expect(files.snapshot().size).toBe(0)
    const known = await open(files)
    await known.add([])
    await known.add(entriesAt(1, 1100))
    await known.add(entriesAt(1090, 1101))
    for (const ids of [known, await open(files)]) {
      for (const position of [1, 1024, 1101])
        expect(await ids.find(entryAt(position).messageId)).toBe(BigInt(position))
      expect(await ids.find(randomId(MessageId))).toBeUndefined()
    }
    expect([...files.snapshot().keys()].filter((path) => path.endsWith('index'))).toEqual([])
    const log = await HistoryLog.openAt(files, placeOfKnown(), PROFILE_KEY)
    expect(log.count).toBe(1101)
    for (const { accountId, deviceId, sentAtMs, receivedAtMs, content } of await log.last(2000)) {
      expect([/[^a]/.test(accountId), /[^a]/.test(deviceId)]).toEqual([false, false])
      expect([sentAtMs, receivedAtMs, content.length]).toEqual([0, 0, 0])
    }
  })

  it('open under no other key, and not as a history', async () => {
    const files = new MemoryFiles()
    await (await open(files)).add(entriesAt(1, 3))
    const moved = new Map(
      [...files.snapshot()].map(([path, bytes]) => [path.replace('known', 'history'), bytes]),
    )
    await expect(HistoryLog.open(MemoryFiles.from(moved), CHAT, PROFILE_KEY)).rejects.toThrow('not authentic')
  })
})

describe('M22: a history that is left behind for its next generation', () => {
  it('stands apart from it, and is removed alone; its key opens no other one', async () => {
    const files = new MemoryFiles()
    await (await HistoryLog.open(files, CHAT, PROFILE_KEY)).append(entriesAt(1, 5))
    const next = await HistoryLog.open(files, CHAT, PROFILE_KEY, 1)
    await next.append(entriesAt(5, 5))
    await HistoryLog.remove(files, CHAT)
    expect([...files.snapshot().keys()].every((path) => path.startsWith(`history/${CHAT}.1/`))).toBe(true)
    expect(await (await HistoryLog.open(files, CHAT, PROFILE_KEY, 1)).last(9)).toEqual([entryAt(5)])
    const moved = new Map([...files.snapshot()].map(([path, bytes]) => [path.replace('.1/', '.2/'), bytes]))
    await expect(HistoryLog.open(MemoryFiles.from(moved), CHAT, PROFILE_KEY, 2)).rejects.toThrow(
      'not authentic',
    )
  })

  it('removing what is not there writes nothing', async () => {
    const files = new MemoryFiles()
    await HistoryLog.remove(files, CHAT, 7)
    expect(files.steps).toBe(0)
  })
})

describe('F16: ids after a crash at any step', { timeout: LONG_MS }, () => {
  it('those that were acknowledged are known, and it goes on', async () => {
    const life = async (files: MemoryFiles, done: { last: number }) => {
      const known = await open(files)
      for (const last of [1, 3, 70]) {
        await known.add(entriesAt(done.last + 1, last))
        done.last = last
      }
    }
    const whole = new MemoryFiles()
    await life(whole, { last: 0 })
    for (let step = 0; step < whole.steps; step++) {
      const files = new MemoryFiles()
      files.stopAfter = step
      const done = { last: 0 }
      await expect(life(files, done)).rejects.toThrow(Stopped)
      for (const unsynced of ['lost', 'torn', 'kept'] satisfies Unsynced[]) {
        const found = files.afterCrash(unsynced)
        const known = await open(found)
        for (const { messageId, position } of entriesAt(1, done.last))
          expect(await known.find(messageId)).toBe(position)
        await known.add(entriesAt(1, 80))
        expect(await (await open(found)).find(entryAt(80).messageId)).toBe(80n)
      }
    }
  })
})

function placeOfKnown() {
  return { label: 'veche local ids v1', folder: `known/${CHAT}`, owner: new Uint8Array(16).fill(1) } as const
}
