import { EventEmitter, once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ProcessHost, serve } from './serve.ts'

/** A process that can be sent signals, and whose end is only written down. */
class PlayedProcess extends EventEmitter implements ProcessHost {
  readonly exits: number[] = []

  exit(code: number): void {
    this.exits.push(code)
  }
}

let folder: string
let host: PlayedProcess
let printed: string[]
let errors: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-serve-'))
  host = new PlayedProcess()
  printed = []
  errors = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function run(env: Readonly<Record<string, string>>) {
  return serve({
    env: { VECHE_DATA: folder, VECHE_PORT: '0', VECHE_LOG: 'off', ...env },
    print: (text) => printed.push(text),
    printError: (text) => errors.push(text),
    host,
  })
}

test('runs until it is asked to stop; asked again, it ends at once', async () => {
  const exitCode = run({ LANG: 'en' })
  await expect.poll(() => printed.length, { timeout: 30_000 }).toBe(2)
  expect(printed[1]).toMatch(/^Veche runs at http:[\s\S]*#code=vr-[\s\S]*Ctrl\+C stops it\.$/)
  host.emit('SIGTERM')
  host.emit('SIGINT')
  expect(await exitCode).toBe(0)
  expect(host.exits).toEqual([130])
  expect(printed.at(-1)).toBe('Stopped.')
  expect(errors).toEqual([])
})

test('data is not started without its master key, nor with another, and the old key serves again', async () => {
  const key = join(folder, 'keys/master.key')
  const runOnce = async () => {
    printed = []
    errors = []
    const exitCode = run({ LANG: 'en' })
    await expect.poll(() => printed.length + errors.length, { timeout: 30_000 }).toBeGreaterThan(1)
    host.emit('SIGTERM')
    return exitCode
  }
  expect(await runOnce()).toBe(0)
  const held = await readFile(key)
  await rm(key)
  expect(await runOnce()).toBe(1)
  expect(errors.join()).toMatch(/master\.key cannot be used: the master key file is missing/)
  await writeFile(key, 'ab'.repeat(32), { mode: 0o600 })
  expect(await runOnce()).toBe(1)
  expect(errors.join()).toMatch(/needs the master key [0-9a-f]{16}, which is not in/)
  await writeFile(key, held)
  expect(await runOnce()).toBe(0)
})

test('M28 a part of the services runs alone, and says which', async () => {
  const exitCode = run({ LANG: 'en', VECHE_SERVICES: 'accounts' })
  await expect.poll(() => printed.length, { timeout: 30_000 }).toBe(2)
  expect(printed[1]).toMatch(/\nServices: accounts\n/)
  host.emit('SIGTERM')
  expect(await exitCode).toBe(0)
})

test('a crash ends the process without a word of what was in hand', async () => {
  const exitCode = run({})
  await expect.poll(() => printed.length, { timeout: 30_000 }).toBe(2)
  host.emit('uncaughtException', new Error('secret'))
  expect(host.exits).toEqual([1])
  expect(host.listenerCount('SIGUSR1')).toBe(1) // B11: Node's debugger stays shut
  host.emit('SIGINT')
  await exitCode
})

test('exit codes tell wrong settings (2) from what is in the way (1)', async () => {
  expect(await run({ VECHE_PORT: 'x' })).toBe(2)
  expect(await run({ VECHE_SERVICES: 'chats' })).toBe(2)
  const blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  expect(await run({ VECHE_PORT: String((blocker.address() as { port: number }).port) })).toBe(1)
  blocker.close()
  expect(errors).toHaveLength(3)
})
