/** What every adapter of `Files` must do, crashes apart: its test calls this. */
import { describe, expect, it } from 'vitest'
import type { Files } from './files.ts'

export function runFilesTests(name: string, make: () => Promise<Files>): void {
  const bytes = (...values: number[]) => Uint8Array.from(values)

  describe(`files: ${name}`, () => {
    it('knows nothing of what is not there', async () => {
      const files = await make()
      expect(await files.read('a')).toBeUndefined()
      expect(await files.readRange('a', 0, 1)).toBeUndefined()
      expect(await files.size('a')).toBeUndefined()
      expect(await files.list('')).toEqual([])
      expect(await files.list('folder')).toEqual([])
      await files.overwriteAndRemove('folder/a')
      expect(await files.list('folder')).toEqual([])
    })

    it('appends to what is there', async () => {
      const files = await make()
      await files.append('folder/a', bytes(1, 2))
      await files.append('folder/a', bytes())
      await files.append('folder/a', bytes(3))
      expect(await files.read('folder/a')).toEqual(bytes(1, 2, 3))
      expect(await files.size('folder/a')).toBe(3)
    })

    it('replaces the whole', async () => {
      const files = await make()
      await files.replace('a/b/c', bytes(1, 2, 3))
      await files.replace('a/b/c', bytes(4))
      expect(await files.read('a/b/c')).toEqual(bytes(4))
      expect(await files.list('a/b')).toEqual(['c'])
    })

    it('replaces a secret, and removes nothing that is finished', async () => {
      const files = await make()
      await files.replaceSecret('a', bytes(1, 2, 3))
      await files.replaceSecret('a', bytes(4))
      await files.removeUnfinished('a')
      await files.removeUnfinished('b')
      expect(await files.read('a')).toEqual(bytes(4))
      expect(await files.list('')).toEqual(['a'])
    })

    it('reads a part, and less at the end', async () => {
      const files = await make()
      await files.append('a', bytes(1, 2, 3, 4))
      expect(await files.readRange('a', 1, 2)).toEqual(bytes(2, 3))
      expect(await files.readRange('a', 3, 9)).toEqual(bytes(4))
      expect(await files.readRange('a', 9, 9)).toEqual(bytes())
    })

    it('cuts, and appends after the cut', async () => {
      const files = await make()
      await files.append('a', bytes(1, 2, 3))
      await files.truncate('a', 1)
      await files.append('a', bytes(9))
      expect(await files.read('a')).toEqual(bytes(1, 9))
    })

    it('lists the files of one folder, sorted', async () => {
      const files = await make()
      for (const path of ['b', 'a', 'c/d', 'c/e/f']) await files.append(path, bytes(1))
      expect(await files.list('')).toEqual(['a', 'b'])
      expect(await files.list('c')).toEqual(['d'])
    })

    it('removes, and makes anew', async () => {
      const files = await make()
      await files.append('c/a', bytes(1))
      await files.append('c/b', bytes(2))
      await files.overwriteAndRemove('c/a')
      expect(await files.read('c/a')).toBeUndefined()
      expect(await files.list('c')).toEqual(['b'])
      await files.overwriteAndRemove('c/b')
      await files.append('c/b', bytes(3))
      expect(await files.read('c/b')).toEqual(bytes(3))
    })

    it('keeps its own copy of bytes', async () => {
      const files = await make()
      const given = bytes(1)
      await files.append('a', given)
      given[0] = 2
      const read = await files.read('a')
      read?.fill(3)
      expect(await files.read('a')).toEqual(bytes(1))
    })

    it('refuses paths that lead elsewhere', async () => {
      const files = await make()
      for (const path of ['', '/a', '../a', 'a/../b', 'a//b', '.a', 'A', 'a~', 'a\\b', 'a\0']) {
        await expect(files.read(path)).rejects.toThrow(RangeError)
        await expect(files.append(path, bytes(1))).rejects.toThrow(RangeError)
        await expect(files.replace(path, bytes(1))).rejects.toThrow(RangeError)
        await expect(files.overwriteAndRemove(path)).rejects.toThrow(RangeError)
      }
      expect(await files.list('')).toEqual([])
    })
  })
}
