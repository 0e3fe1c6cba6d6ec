import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createLogger } from '@veche/service-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { changeHosts } from './change-hosts.ts'
import type { Host } from './host.ts'
import { makeHostKey } from './host-key.ts'
import { Hosts } from './hosts.ts'
import { HostsFileError } from './hosts-file.ts'

let folder: string
let file: string
let logged: string[]
const log = createLogger({ level: 'debug', write: (line) => void logged.push(line) })
beforeEach(async () => {
  logged = []
  folder = await mkdtemp(join(tmpdir(), 'nichatka-hosts-'))
  file = join(folder, 'nichatka', 'hosts.json')
})
afterEach(() => rm(folder, { recursive: true }))

const add = (name: string, origin = `https://${name}.example`) =>
  changeHosts(file, (hosts) => void hosts.set(name, hostOf(name, origin)))

test('N14 a host that is added, changed or removed is taken up without a restart', async () => {
  await using hosts = await Hosts.open(file, log)
  expect(hosts.find('vehno')).toBeUndefined()
  expect(hosts.origins.size).toBe(0)
  await add('vehno')
  await add('other')
  await hosts.refresh()
  const before = hosts.find('vehno')
  expect(before).toMatchObject({ name: 'vehno', origins: ['https://vehno.example'] })
  expect(hosts.origins).toEqual(new Set(['https://vehno.example', 'https://other.example']))
  await add('vehno', 'https://moved.example')
  await hosts.refresh()
  expect(hosts.find('vehno')?.key).not.toEqual(before?.key)
  expect(hosts.origins).toEqual(new Set(['https://moved.example', 'https://other.example']))
  await changeHosts(file, (all) => all.delete('vehno'))
  await hosts.refresh()
  expect(hosts.find('vehno')).toBeUndefined()
})

test('N14 a file that cannot be used leaves the hosts as they were, says so once, and never tells a key', async () => {
  await add('vehno')
  await using hosts = await Hosts.open(file, log)
  const whole = await readFile(file, 'utf8')
  const [key = ''] = /hmac-sha256:[^"]+/.exec(whole) ?? []
  await writeFile(file, whole.slice(0, -30))
  await hosts.refresh()
  await hosts.refresh()
  expect(hosts.find('vehno')?.name).toBe('vehno')
  const warnings = logged.filter((line) => line.includes('hosts_file_unusable'))
  expect(warnings).toHaveLength(1)
  expect(logged.join()).not.toContain(key.slice(12, 40))
  await writeFile(file, whole.replace('vehno.example', 'mended.example'))
  await hosts.refresh()
  expect(hosts.origins).toEqual(new Set(['https://mended.example']))
})

test('N14 a start on a file that cannot be used is refused', async () => {
  await mkdir(join(folder, 'nichatka'))
  await writeFile(file, '{"vehno":1}', { mode: 0o600 })
  await expect(Hosts.open(file)).rejects.toThrow(HostsFileError)
})

test('N14 the file is looked at by itself', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    await using hosts = await Hosts.open(file)
    await add('vehno')
    vi.advanceTimersByTime(2_000)
    while (hosts.find('vehno') === undefined) await setImmediate()
    expect(hosts.origins.size).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})

test('N14 the file is its owner’s alone, and a change that fails leaves it as it was', async () => {
  await add('vehno')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'nichatka'))).mode & 0o777).toBe(0o700)
  const before = await readFile(file, 'utf8')
  const failing = changeHosts(file, (hosts) => {
    hosts.clear()
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  expect(await readFile(file, 'utf8')).toBe(before)
  expect((await readdir(join(folder, 'nichatka'))).sort()).toEqual(['hosts.json', 'hosts.json.lock'])
})

test('N14 of changes at once none is lost', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `host-${index}`)
  await Promise.all(names.map((name) => add(name)))
  await using hosts = await Hosts.open(file)
  expect(names.filter((name) => hosts.find(name) === undefined)).toEqual([])
})

test('N14 what root adds belongs to the one whose folder it is', async () => {
  if (process.getuid?.() === 0) await chown(folder, 4321, 4322)
  const expected = await stat(folder)
  await add('vehno')
  for (const path of [file, `${file}.lock`, join(folder, 'nichatka')]) {
    const { uid, gid } = await stat(path)
    expect([uid, gid]).toEqual([expected.uid, expected.gid])
  }
})

function hostOf(name: string, origin: string): Host {
  return { name, key: makeHostKey(), origins: [origin], allowsGetChanges: true }
}
