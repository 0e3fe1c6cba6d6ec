import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DecodeError, utf8 } from '@veche/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LONG_MS } from '../test/material.ts'
import { openProfileKey } from './profile-key.node.ts'
import { importProfileKey, unwrapKey, wrapKey } from './profile-key.ts'

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

  it('has 32 bytes', async () => {
    await expect(importProfileKey(new Uint8Array(31))).rejects.toThrow(RangeError)
  })
})
