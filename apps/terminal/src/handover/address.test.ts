import { chmod, mkdir, mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Surroundings, socketAddress } from './address.ts'

let folder: string
let around: Surroundings

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'veche-')))
  around = { platform: 'linux', env: {}, temporaryFolder: join(folder), uid: process.getuid!() }
})

afterEach(() => rm(folder, { recursive: true, force: true }))

test('the socket is in the profile', async () => {
  expect(await socketAddress(folder, around)).toBe(join(folder, 'socket'))
})

test('a deep profile has its socket in a folder that only the user enters', async () => {
  const deep = await deepFolder()
  const address = await socketAddress(deep, around)
  expect(address).toMatch(new RegExp(`^${folder}/veche-${around.uid}/[0-9a-f]{32}$`))
  expect((await stat(join(folder, `veche-${around.uid}`))).mode & 0o777).toBe(0o700)
  expect(await socketAddress(deep, around)).toBe(address)
})

test('the same profile by another path has the same socket', async () => {
  const deep = await deepFolder()
  await symlink(deep, join(folder, 'link'))
  expect(await socketAddress(join(folder, 'link'), around)).toBe(await socketAddress(deep, around))
})

test('XDG_RUNTIME_DIR is preferred; a relative one is ignored', async () => {
  const deep = await deepFolder()
  const runtime = join(folder, 'run')
  await mkdir(runtime)
  expect(await socketAddress(deep, { ...around, env: { XDG_RUNTIME_DIR: runtime } })).toContain(`${runtime}/`)
  expect(await socketAddress(deep, { ...around, env: { XDG_RUNTIME_DIR: 'run' } })).toContain(
    `${folder}/veche-`,
  )
})

test('a folder under our name that others can enter, or that is another’s, is not used', async () => {
  const deep = await deepFolder()
  const trap = join(folder, `veche-${around.uid}`)
  await mkdir(trap)
  await chmod(trap, 0o755)
  expect(await socketAddress(deep, around)).toBeUndefined()
  await chmod(trap, 0o700)
  expect(await socketAddress(deep, { ...around, uid: around.uid + 1 })).toBeUndefined()
  await rm(trap, { recursive: true })
  await mkdir(join(folder, 'elsewhere'), { mode: 0o700 })
  await symlink(join(folder, 'elsewhere'), trap)
  expect(await socketAddress(deep, around)).toBeUndefined()
})

test('where no path is short enough there is no socket', async () => {
  const deep = await deepFolder()
  expect(await socketAddress(deep, { ...around, temporaryFolder: deep })).toBeUndefined()
})

test('M2 on Windows it is a named pipe', async () => {
  expect(await socketAddress(folder, { ...around, platform: 'win32' })).toMatch(
    /^\\\\\.\\pipe\\veche-[0-9a-f]{32}$/,
  )
})

async function deepFolder(): Promise<string> {
  const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60))
  await mkdir(deep, { recursive: true })
  return deep
}
