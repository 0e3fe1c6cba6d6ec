import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@veche/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeNewFile } from './new-file.node.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-new-'))
  path = join(folder, 'file')
})
afterEach(() => rm(folder, { recursive: true }))

const saying = (text: string) => async (write: (bytes: Uint8Array) => Promise<void>) => {
  for (const letter of text) await write(utf8(letter))
  return text
}

test('M16 a file is there whole, its owner’s alone, and nothing beside it', async () => {
  expect(await writeNewFile(path, saying('all of it'))).toEqual({ kind: 'written', value: 'all of it' })
  expect(await readFile(path, 'utf8')).toBe('all of it')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['file'])
})

test('M16 what is there is replaced only when that was asked for, also when it came meanwhile', async () => {
  await writeFile(path, 'old')
  expect(await writeNewFile(path, saying('new'))).toEqual({ kind: 'present' })
  expect(await readFile(path, 'utf8')).toBe('old')
  await writeNewFile(path, saying('new'), { replace: true })
  expect(await readFile(path, 'utf8')).toBe('new')

  const late = join(folder, 'late')
  const outcome = await writeNewFile(late, async (write) => {
    await write(utf8('mine'))
    await writeFile(late, 'theirs')
  })
  expect([outcome, await readFile(late, 'utf8')]).toEqual([{ kind: 'present' }, 'theirs'])
  const dangling = join(folder, 'dangling')
  await symlink(join(folder, 'elsewhere'), dangling)
  expect(await writeNewFile(dangling, saying('x'))).toEqual({ kind: 'present' })
  expect((await readdir(folder)).sort()).toEqual(['dangling', 'file', 'late'])
})

test.each(['writing', 'file: synced'])(
  'F13 F16 M16 who fails at "%s" leaves the old file, and no other',
  async (where) => {
    await writeFile(path, 'old')
    const failing = writeNewFile(
      path,
      async (write) => {
        await write(utf8('half'))
        if (where === 'writing') throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      },
      {
        replace: true,
        onStep: (name) => {
          if (name === where) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
        },
      },
    )
    await expect(failing).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['file'])
  },
)

test('M16 a folder that is not there is told', async () => {
  await expect(writeNewFile(join(folder, 'no', 'file'), saying('x'))).rejects.toMatchObject({
    code: 'ENOENT',
  })
})
