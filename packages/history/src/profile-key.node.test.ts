import { link, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, DecodeError, utf8 } from '@veche/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LONG_MS } from '../test/material.ts'
import { NoSpaceError } from './files.ts'
import { MemoryFiles, Stopped, type Unsynced } from './memory-files.ts'
import { changePassphrase, hasPassphrase, openProfileKey, unlockProfileKey } from './profile-key.node.ts'
import { importProfileKey, unwrapKey, wrapKey } from './profile-key.ts'
import type { Stretch } from './stretching.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'veche-key-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const LABEL = 'veche local journal v1'

describe('the profile key', { timeout: LONG_MS }, () => {
  it('is made once, for the user alone, and found again', async () => {
    const first = await openProfileKey(dir)
    const wrapped = await wrapKey(first, LABEL, utf8('place'), utf8('secret'))
    expect((await stat(join(dir, 'profile.key'))).mode & 0o777).toBe(0o600)
    const again = await openProfileKey(dir)
    expect(
      await unwrapKey(
        again,
        LABEL,
        utf8('place'),
        await wrapKey(again, LABEL, utf8('place'), new Uint8Array(32)),
      ),
    ).toEqual(new Uint8Array(32))
    expect(wrapped.length).toBe(29 + 6)
    expect(first.extractable).toBe(false)
  })

  it('opens what it wrapped, and at its place only', async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32))
    const wrapped = await wrapKey(await openProfileKey(dir), LABEL, utf8('here'), secret)
    const again = await openProfileKey(dir)
    expect(await unwrapKey(again, LABEL, utf8('here'), wrapped)).toEqual(secret)
    await expect(unwrapKey(again, LABEL, utf8('there'), wrapped)).rejects.toThrow(DecodeError)
    await expect(unwrapKey(again, 'veche local history v1', utf8('here'), wrapped)).rejects.toThrow(
      DecodeError,
    )
  })

  it('F15: is refused, and never made anew, when any bit of its file is flipped or it is cut', async () => {
    await openProfileKey(dir)
    const path = join(dir, 'profile.key')
    const whole = await readFile(path)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = whole.with(bit >> 3, whole[bit >> 3]! ^ (1 << (bit & 7)))
      await writeFile(path, flipped)
      await expect(openProfileKey(dir)).rejects.toThrow(DecodeError)
      expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(flipped))
    }
    for (let length = 0; length < whole.length; length++) {
      await writeFile(path, whole.subarray(0, length))
      await expect(openProfileKey(dir)).rejects.toThrow(DecodeError)
    }
  })

  it('F14: stays under its old passphrase when there is no space for the new file', async () => {
    const files = new MemoryFiles()
    await unlockProfileKey('', { files })
    const before = files.snapshot()
    files.capacityBytes = 60
    await expect(changePassphrase('', { next: 'twelve words', files })).rejects.toThrow(NoSpaceError)
    expect(files.snapshot()).toEqual(before)
  })

  it('has 32 bytes', async () => {
    await expect(importProfileKey(new Uint8Array(31))).rejects.toThrow(RangeError)
  })
})

describe('a profile key under a passphrase', { timeout: LONG_MS }, () => {
  const files = (snapshot?: ReadonlyMap<string, Uint8Array>) =>
    snapshot === undefined ? new MemoryFiles() : MemoryFiles.from(snapshot)
  const unlock = (where: MemoryFiles, passphrase?: string) =>
    unlockProfileKey('', { files: where, ...(passphrase !== undefined && { passphrase }) })
  const secret = crypto.getRandomValues(new Uint8Array(32))
  /** What was wrapped under the key before it had a passphrase. */
  async function made(): Promise<{ files: MemoryFiles; wrapped: Uint8Array }> {
    const where = files()
    const opened = await unlock(where)
    if (opened.kind === 'locked') throw new Error('a new key is locked')
    return { files: where, wrapped: await wrapKey(opened.key, LABEL, utf8('here'), secret) }
  }
  async function expectOpen(where: MemoryFiles, passphrase: string | undefined, wrapped: Uint8Array) {
    const opened = await unlock(where, passphrase)
    if (opened.kind === 'locked') throw new Error(`locked: ${opened.wasWrong}`)
    expect(await unwrapKey(opened.key, LABEL, utf8('here'), wrapped)).toEqual(secret)
  }

  it('M16: opens with the passphrase only, however it is typed; with another one after it was changed', async () => {
    const { files: where, wrapped } = await made()
    expect(await changePassphrase('', { files: where })).toEqual({ kind: 'none' })
    expect(await changePassphrase('', { next: 'Ёлка у старых ворот', files: where })).toEqual({
      kind: 'changed',
    })
    expect(await unlock(where)).toEqual({ kind: 'locked', wasWrong: false })
    expect(await unlock(where, 'Елка у старых ворот')).toEqual({ kind: 'locked', wasWrong: true })
    await expectOpen(where, 'Е\u0308лка у старых ворот', wrapped)
    const before = where.snapshot()
    for (const next of ['another one', undefined]) {
      const change = { ...(next !== undefined && { next }), files: where }
      expect(await changePassphrase('', change)).toEqual({ kind: 'locked', wasWrong: false })
      expect(await changePassphrase('', { ...change, now: 'wrong' })).toEqual({
        kind: 'locked',
        wasWrong: true,
      })
    }
    expect(where.snapshot()).toEqual(before)
    const now = 'Ёлка у старых ворот'
    expect(await changePassphrase('', { now, next: 'another one', files: where })).toEqual({
      kind: 'changed',
    })
    expect(await unlock(where, now)).toEqual({ kind: 'locked', wasWrong: true })
    await expectOpen(where, 'another one', wrapped)
    expect(await changePassphrase('', { now: 'another one', files: where })).toEqual({ kind: 'changed' })
    await expectOpen(where, undefined, wrapped)
  })

  it('F15: is refused before any work when any bit of its file is flipped or it is cut', async () => {
    const { files: where } = await made()
    await changePassphrase('', { next: 'a passphrase', files: where })
    const whole = where.snapshot().get('profile.key')!
    expect(whole.length).toBe(105)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = whole.with(bit >> 3, whole[bit >> 3]! ^ (1 << (bit & 7)))
      await expect(unlock(files(new Map([['profile.key', flipped]])), 'a passphrase')).rejects.toThrow(
        DecodeError,
      )
    }
    for (let length = 0; length < whole.length; length++) {
      const cut = new Map([['profile.key', whole.slice(0, length)]])
      await expect(unlock(files(cut), 'a passphrase')).rejects.toThrow(DecodeError)
    }
    const longer = new Map([['profile.key', concatBytes(whole, Uint8Array.of(0))]])
    await expect(unlock(files(longer), 'a passphrase')).rejects.toThrow(DecodeError)
  })

  it('that asks for 100 GiB, for hours, or for next to nothing is refused before any work', async () => {
    const { files: where } = await made()
    await changePassphrase('', { next: 'a passphrase', files: where })
    const whole = where.snapshot().get('profile.key')!
    const asking = [
      [0, 100 * 1024 * 1024],
      [0, 1024 * 1024 + 1],
      [0, 64 * 1024 - 1],
      [0, 0],
      [4, 0],
      [4, 17],
      [4, 0xffff_ffff],
      [8, 0],
      [8, 17],
    ] as const
    for (const [at, value] of asking) {
      const checked = whole.slice(0, -8)
      new DataView(checked.buffer).setUint32(9 + at, value)
      const hostile = concatBytes(checked, sha256(checked).subarray(0, 8))
      await expect(unlock(files(new Map([['profile.key', hostile]])), 'a passphrase')).rejects.toThrow(
        /out of bounds/,
      )
    }
  })

  it('F16: a change that dies at any step leaves the old file or the new one, and never the bare key', async () => {
    const stretch: Stretch = async (passphrase, salt) => sha256(concatBytes(passphrase, salt))
    const { files: start } = await made()
    await changePassphrase('', { next: 'the first one', files: start, stretch })
    for (const next of ['the second one', undefined]) {
      let stops = 0
      for (; ; stops++) {
        const where = files(start.snapshot())
        where.stopAfter = stops
        const change = { now: 'the first one', ...(next !== undefined && { next }), files: where, stretch }
        const outcome = await changePassphrase('', change).catch((cause: unknown) => cause)
        if (!(outcome instanceof Stopped)) break
        for (const unsynced of ['lost', 'torn', 'kept'] satisfies Unsynced[]) {
          const found = where.afterCrash(unsynced)
          const kinds = await Promise.all(
            ['the first one', next].map(async (passphrase) => {
              const given = { files: found, stretch, ...(passphrase !== undefined && { passphrase }) }
              return (await unlockProfileKey('', given)).kind
            }),
          )
          expect(kinds).toContain('unlocked')
          expect([...found.snapshot().keys()]).toEqual(['profile.key'])
        }
      }
      expect(stops).toBeGreaterThan(3)
    }
  })

  it('overwrites the file that it replaces', async () => {
    await openProfileKey(dir)
    const path = join(dir, 'profile.key')
    await link(path, join(dir, 'the-same-bytes'))
    await changePassphrase(dir, { next: 'a passphrase' })
    expect((await readFile(join(dir, 'the-same-bytes'))).every((byte) => byte === 0)).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await hasPassphrase(dir)).toBe(true)
    await expect(openProfileKey(dir)).rejects.toThrow('under a passphrase')
  })
})
