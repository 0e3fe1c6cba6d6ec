import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MasterKeyError, readMasterKey } from './master-key.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-key-'))
  file = join(folder, 'keys/master.key')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('is made once, readable by its owner alone, and read from then on', async () => {
  const made = await Promise.all([readMasterKey(file), readMasterKey(file), readMasterKey(file)])
  expect(made[0]).toHaveLength(32)
  expect(made[1]).toEqual(made[0])
  expect(made[2]).toEqual(made[0])
  expect(await readMasterKey(file)).toEqual(made[0])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(dirname(file))).mode & 0o777).toBe(0o700)
  expect(await readdir(dirname(file))).toEqual(['master.key'])
})

test('one that others may read, or that is no key, is refused', async () => {
  await readMasterKey(file)
  await chmod(file, 0o640)
  await expect(readMasterKey(file)).rejects.toThrow(/chmod 600/)
  await chmod(file, 0o600)
  for (const text of ['', 'x', 'f'.repeat(63), 'f'.repeat(5000), 'g'.repeat(64)]) {
    await writeFile(file, text)
    await expect(readMasterKey(file)).rejects.toThrow(MasterKeyError)
  }
})

test('none is made where there is data that another has sealed', async () => {
  await expect(readMasterKey(file, { mayCreate: false })).rejects.toThrow(MasterKeyError)
  await expect(stat(file)).rejects.toThrow('ENOENT')
})

test('a folder in its place is not overwritten', async () => {
  await expect(readMasterKey(folder)).rejects.toThrow()
})
