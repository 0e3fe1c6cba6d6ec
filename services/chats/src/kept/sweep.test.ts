import { ChatId } from '@veche/protocol'
import { type Database, type DedicatedConnection, ManualClock, silentLogger } from '@veche/service-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SWEEP_MS, VACUUM_MS } from '../limits.ts'
import { Sweep } from './sweep.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A database of one chat, of which 700 entries are removable each time that it is `filled`. */
function played() {
  const clock = new ManualClock()
  const vacuumed: string[] = []
  let left = 0n
  let ended: (error: Error) => void = () => {}
  const state = { hangs: false, looks: 0 }
  const query = async () => {
    state.looks++
    const row = { chatId: Buffer.from(ChatId.toBytes(CHAT)), swept: 0n, until: left }
    return { rows: left > 0n ? [row] : [], rowCount: 0 }
  }
  const connection: Partial<DedicatedConnection> = {
    query: async (text) => {
      if (state.hangs) await new Promise((_, reject) => (ended = reject))
      vacuumed.push(String(text))
      return { rows: [], rowCount: 0 }
    },
    [Symbol.asyncDispose]: async () => ended(new Error('the connection ended')),
  }
  const database = {
    query,
    transaction: async () => {
      const taken = left < 500n ? left : 500n
      left -= taken
      return Number(taken)
    },
    connect: async () => connection,
  } as unknown as Database
  const warn = vi.fn()
  const sweep = new Sweep({ database, clock, log: { ...silentLogger, warn } })
  return { sweep, clock, vacuumed, warn, state, fill: () => (left = 700n), left: () => left }
}

const CHAT = ChatId.fromBytes(new Uint8Array(16).fill(1))

test('M22 it looks each minute, until it is stopped', async () => {
  const { sweep, state, fill, left } = played()
  sweep.start()
  fill()
  await vi.advanceTimersByTimeAsync(SWEEP_MS)
  expect(left()).toBe(0n)
  await sweep.stop()
  const { looks } = state
  await vi.advanceTimersByTimeAsync(3 * SWEEP_MS)
  await sweep.run()
  expect(state.looks).toBe(looks)
})

test('M22 space is given free after removals, at most each hour, and never without', async () => {
  const { sweep, clock, vacuumed, fill } = played()
  const rounds = async () => {
    await sweep.run()
    return vacuumed.splice(0).filter((text) => text.startsWith('VACUUM')).length
  }
  expect(await rounds()).toBe(0)
  fill()
  expect(await rounds()).toBe(1)
  fill()
  expect(await rounds()).toBe(0)
  clock.advance(VACUUM_MS)
  expect(await rounds()).toBe(1)
  clock.advance(VACUUM_MS)
  expect(await rounds()).toBe(0)
})

test('a server that stops does not wait for a VACUUM', async () => {
  const { sweep, state, warn, fill } = played()
  state.hangs = true
  fill()
  const running = sweep.run()
  await vi.advanceTimersByTimeAsync(10)
  await sweep.stop()
  await running
  expect(warn).not.toHaveBeenCalled()
})
