import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endOf, linesOf, startChild } from '../test/child.ts'
import { LONG_MS } from '../test/material.ts'
import { lockProfile } from './lock.node.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'veche-lock-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('F26: the lock of a profile', { timeout: LONG_MS }, () => {
  it('is held by one at a time', () => {
    const first = lockProfile(dir)
    expect(first.kind).toBe('held')
    expect(lockProfile(dir).kind).toBe('busy')
    if (first.kind === 'held') first.release()
    const next = lockProfile(join(dir))
    expect(next.kind).toBe('held')
    if (next.kind === 'held') next.release()
  })

  it('makes the profile of a new user, and knows profiles apart', () => {
    const locks = ['a', 'b/c'].map((name) => lockProfile(join(dir, name)))
    expect(locks.map(({ kind }) => kind)).toEqual(['held', 'held'])
    for (const lock of locks) if (lock.kind === 'held') lock.release()
  })

  it('holds against other processes, and goes when its holder is killed with -9', async () => {
    for (let round = 0; round < 3; round++) {
      const child = startChild('write-until-killed.ts', [dir])
      for await (const _acknowledged of linesOf(child)) {
        if (child.killed) continue
        expect(lockProfile(dir)).toEqual({ kind: 'busy' })
        child.kill('SIGKILL')
      }
      await endOf(child)
      const lock = lockProfile(dir)
      expect(lock.kind).toBe('held')
      if (lock.kind === 'held') lock.release()
    }
  })

  it('tells trouble from a busy lock', () => {
    expect(() => lockProfile('/dev/null/profile')).toThrow('ENOTDIR')
  })
})
