/**
 * F16: a program that dies between any two steps of the disk. Each life is run once to its end to count its steps,
 * then stopped at every one of them, with what was not synced lost, torn or kept; then a new program looks.
 */
import { utf8 } from '@veche/protocol'
import { describe, expect, it } from 'vitest'
import { CHAT, entriesAt, LONG_MS, PROFILE_KEY } from '../test/material.ts'
import { HistoryLog } from './history-log.ts'
import { Journal } from './journal.ts'
import { MemoryFiles, Stopped, type Unsynced } from './memory-files.ts'

/** A state as a test compares it, and the state that the operation under way would lead to. */
interface Told<State> {
  acknowledged: State
  underWay: State
}

type Life<State> = (files: MemoryFiles, told: Told<State>) => Promise<void>

async function atEveryCrash<State>(
  life: Life<State>,
  beginning: State,
  look: (found: MemoryFiles, told: Told<State>) => Promise<void>,
): Promise<number> {
  const whole = new MemoryFiles()
  await life(whole, { acknowledged: beginning, underWay: beginning })
  for (let step = 0; step < whole.steps; step++) {
    const files = new MemoryFiles()
    files.stopAfter = step
    const told = { acknowledged: beginning, underWay: beginning }
    await expect(life(files, told)).rejects.toThrow(Stopped)
    for (const unsynced of ['lost', 'torn', 'kept'] satisfies Unsynced[]) {
      await look(files.afterCrash(unsynced), told)
    }
  }
  return whole.steps
}

async function doing<State>(told: Told<State>, next: State, act: () => Promise<unknown>): Promise<void> {
  told.underWay = next
  await act()
  told.acknowledged = next
}

describe('F16: a journal after a crash at any step', { timeout: LONG_MS }, () => {
  const NAME = 'chats/a'
  const stateOf = ({ snapshot, records }: Journal) =>
    [snapshot ?? new Uint8Array(), ...records].map((each) => new TextDecoder().decode(each)).join('|')

  async function life(files: MemoryFiles, told: Told<string>): Promise<void> {
    let journal = await Journal.open(files, NAME, PROFILE_KEY)
    const append = (text: string) =>
      doing(told, `${told.acknowledged}|${text}`, () => journal.append(utf8(text)))
    const rewrite = (text: string) => doing(told, text, () => journal.rewrite(utf8(text)))
    for (const text of ['a', 'b', 'c']) await append(text)
    await rewrite('abc')
    await append('d')
    journal = await Journal.open(files, NAME, PROFILE_KEY)
    await append('e')
    await rewrite('abcde')
    await rewrite('abcde!')
    await append('f')
    await doing(told, '', () => Journal.remove(files, NAME))
    journal = await Journal.open(files, NAME, PROFILE_KEY)
    await append('g')
  }

  it('is what was acknowledged or what was under way, and goes on', async () => {
    const steps = await atEveryCrash(life, '', async (files, { acknowledged, underWay }) => {
      const journal = await Journal.open(files, NAME, PROFILE_KEY)
      expect([acknowledged, underWay]).toContain(stateOf(journal))
      expect(journal.repaired?.kind ?? 'torn').toBe('torn')
      expect((await files.list('chats')).map((name) => name.replace(/[0-9a-f]{32}/, 'ID'))).toEqual([
        'a.ID.key',
        'a.journal',
      ])
      await journal.append(utf8('after'))
      const again = await Journal.open(files, NAME, PROFILE_KEY)
      expect(stateOf(again)).toBe(`${stateOf(journal)}|after`)
      expect(again.repaired).toBeUndefined()
    })
    expect(steps).toBeGreaterThan(40)
  })

  it('survives a crash of the repair as well', async () => {
    await atEveryCrash(life, '', async (found) => {
      const state = stateOf(await Journal.open(MemoryFiles.from(found.snapshot()), NAME, PROFILE_KEY))
      for (let step = 0; ; step++) {
        const files = MemoryFiles.from(found.snapshot())
        files.stopAfter = step
        const opened = await Journal.open(files, NAME, PROFILE_KEY).catch((cause) => cause)
        if (!(opened instanceof Stopped)) break
        expect(stateOf(await Journal.open(files.afterCrash('torn'), NAME, PROFILE_KEY))).toBe(state)
      }
    })
  })
})

describe('F16: a history after a crash at any step', { timeout: LONG_MS }, () => {
  /** Positions that are stored: 1 to the number. */
  async function life(files: MemoryFiles, told: Told<number>): Promise<void> {
    const log = await HistoryLog.open(files, CHAT, PROFILE_KEY)
    const append = (last: number) =>
      doing(told, last, () => log.append(entriesAt(told.acknowledged + 1, last)))
    for (const last of [1, 2, 200, 201]) await append(last)
    // Over the end of two segments.
    await append(2_100)
    await append(2_101)
    await doing(told, 0, () => log.remove())
    told.acknowledged = 0
    const next = await HistoryLog.open(files, CHAT, PROFILE_KEY)
    await doing(told, 1, () => next.append(entriesAt(1, 1)))
  }

  it('M22: holds all that was acknowledged, at most a first part of the rest, and goes on', async () => {
    const steps = await atEveryCrash(life, 0, async (files, { acknowledged, underWay }) => {
      const log = await HistoryLog.open(files, CHAT, PROFILE_KEY)
      const isRemoved = underWay === 0 && log.count === 0
      if (!isRemoved) expect(log.count).toBeGreaterThanOrEqual(acknowledged)
      expect(log.count).toBeLessThanOrEqual(Math.max(acknowledged, underWay))
      expect((await log.last(5_000)).map(({ position }) => Number(position))).toEqual(
        Array.from({ length: log.count }, (_, index) => index + 1),
      )
      expect(log.damage.every(({ kind }) => kind === 'torn')).toBe(true)
      await log.append(entriesAt(1, 2_200))
      const again = await HistoryLog.open(files, CHAT, PROFILE_KEY)
      await again.verify()
      expect(again.count).toBe(2_200)
      expect(again.damage).toEqual([])
    })
    expect(steps).toBeGreaterThan(40)
  })
})
