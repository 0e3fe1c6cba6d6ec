import { describe, expect, it } from 'vitest'
import { NoSpaceError } from './files.ts'
import { runFilesTests } from './files-suite.ts'
import { MemoryFiles, Stopped } from './memory-files.ts'

runFilesTests('memory', async () => new MemoryFiles())

const bytes = (...values: number[]) => Uint8Array.from(values)

/** What a restarted program may find of `a` after a crash before step `step` of `act`. */
async function found(step: number, act: (files: MemoryFiles) => Promise<void>) {
  const files = MemoryFiles.from(new Map([['a', bytes(1, 1)]]))
  files.stopAfter = step
  await expect(act(files)).rejects.toThrow(Stopped)
  await expect(files.read('a')).rejects.toThrow(Stopped)
  return Promise.all(
    (['lost', 'torn', 'kept'] as const).map((unsynced) => files.afterCrash(unsynced).read('a')),
  )
}

describe('memory files that crash', () => {
  const old = bytes(1, 1)

  it('lose or tear an append that was not synced', async () => {
    const append = (files: MemoryFiles) => files.append('a', bytes(2, 2))
    expect(await found(0, append)).toEqual([old, old, old])
    expect(await found(1, append)).toEqual([old, bytes(1, 1, 2), bytes(1, 1, 2, 2)])
  })

  it('have the old file or the new after a replace', async () => {
    const replace = (files: MemoryFiles) => files.replace('a', bytes(2, 2))
    expect(await found(2, replace)).toEqual([old, old, old])
    expect(await found(3, replace)).toEqual([old, old, bytes(2, 2)])
  })

  it('tear what is being overwritten', async () => {
    const remove = (files: MemoryFiles) => files.overwriteAndRemove('a')
    expect(await found(1, remove)).toEqual([old, bytes(0, 1), bytes(0, 0)])
    expect(await found(3, remove)).toEqual([bytes(0, 0), bytes(0, 0), undefined])
  })

  it('keep the whole of what was being cut, or the cut', async () => {
    expect(await found(1, (files) => files.truncate('a', 1))).toEqual([old, old, bytes(1)])
  })

  it('F14: refuse what does not fit and stay as they were', async () => {
    const files = MemoryFiles.from(new Map([['a', old]]))
    files.capacityBytes = 3
    await expect(files.append('a', bytes(2, 2))).rejects.toThrow(NoSpaceError)
    await expect(files.replace('a', bytes(2, 2))).rejects.toThrow(NoSpaceError)
    expect(await files.read('a')).toEqual(old)
  })
})
