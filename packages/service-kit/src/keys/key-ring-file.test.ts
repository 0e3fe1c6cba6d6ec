import { chmod, link, mkdtemp, open, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MasterKeyError } from './key-ring.ts'
import { readKeyRing, replaceKeyRing } from './key-ring-file.ts'
import { MasterKeys } from './master-keys.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-key-'))
  file = join(folder, 'keys/master.key')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('is made once, readable by its owner alone, and read from then on', async () => {
  const made = await Promise.all([readKeyRing(file), readKeyRing(file), readKeyRing(file)])
  expect(made[0]!.keys).toHaveLength(1)
  expect(made[1]).toEqual(made[0])
  expect(made[2]).toEqual(made[0])
  expect(await readKeyRing(file)).toEqual(made[0])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(dirname(file))).mode & 0o777).toBe(0o700)
  expect(await readdir(dirname(file))).toEqual(['master.key'])
})

test('one that others may read, or that is no key, is refused', async () => {
  await readKeyRing(file)
  await chmod(file, 0o640)
  await expect(readKeyRing(file)).rejects.toThrow(/chmod 600/)
  await chmod(file, 0o600)
  for (const text of ['', 'x', 'f'.repeat(63), 'f'.repeat(5000), 'g'.repeat(64)]) {
    await writeFile(file, text)
    await expect(readKeyRing(file)).rejects.toThrow(MasterKeyError)
  }
})

test('none is made where there is data that another has sealed', async () => {
  await expect(readKeyRing(file, { mayCreate: false })).rejects.toThrow(MasterKeyError)
  await expect(stat(file)).rejects.toThrow('ENOENT')
})

test('a folder in its place is not overwritten', async () => {
  await expect(readKeyRing(folder)).rejects.toThrow()
})

test('F27 another ring takes its place as a whole, and the bytes of the old one are gone', async () => {
  const old = await readKeyRing(file)
  await using before = await open(file, 'r')
  const renewed = old.renewed()
  await replaceKeyRing(file, renewed)
  expect(await readKeyRing(file)).toEqual(renewed)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(dirname(file))).toEqual(['master.key'])
  const left = await before.readFile('latin1')
  expect(left).toHaveLength(65)
  expect(left).not.toContain(old.encode().slice(0, 8))
})

test('where an operator’s file is a link, the file that it leads to is replaced', async () => {
  const old = await readKeyRing(file)
  const path = join(folder, 'linked.key')
  await symlink(file, path)
  await replaceKeyRing(path, old.renewed())
  expect((await readKeyRing(file)).keys).toHaveLength(2)
  expect(await readlink(path)).toBe(file)
})

test('a copy that somebody keeps under another name is not overwritten', async () => {
  const old = await readKeyRing(file)
  await link(file, `${file}.kept`)
  await replaceKeyRing(file, old.renewed())
  expect(await readKeyRing(`${file}.kept`)).toEqual(old)
})

test('F27 a running server takes a new file up, keeps what it has while the file is no ring, and wipes what it drops', async () => {
  const keys = await MasterKeys.open(file)
  const { ring } = keys
  const first = ring.current.key.slice()
  await keys.refresh()
  expect(keys.ring).toBe(ring)
  await writeFile(file, 'half a ring')
  await expect(keys.refresh()).rejects.toThrow(MasterKeyError)
  expect(keys.ring.current.key).toEqual(first)
  await rm(file)
  await expect(keys.refresh()).rejects.toThrow(MasterKeyError)
  const renewed = ring.renewed()
  await writeFile(file, renewed.encode(), { mode: 0o600 })
  await keys.refresh()
  expect(keys.ring).toEqual(renewed)
  expect(ring.current.key).toEqual(new Uint8Array(32))
})
