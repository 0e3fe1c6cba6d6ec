import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changeHosts } from './change-hosts.ts'
import { readHosts } from './hosts-file.ts'

const program = fileURLToPath(new URL('../testing/hosts-process.ts', import.meta.url))
const seed = Number(process.env.VECHE_SEED ?? Date.now() % 1_000_000)
let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nichatka-hosts-'))
  file = join(folder, 'nichatka', 'hosts.json')
})
afterEach(() => rm(folder, { recursive: true }))

test(`F1 of processes that change the file at once and are killed, no host that was added is lost (seed ${seed})`, async () => {
  const added: string[] = []
  for (let round = 0; round < 4; round++) {
    const running = ['a', 'b'].map((name) => start(`${name}${round}`, added))
    await Promise.all(running.map(({ first }) => first))
    await sleep((seed * (round + 7)) % 120)
    for (const { child } of running) child.kill('SIGKILL')
    await Promise.all(running.map(({ ended }) => ended))
    const hosts = await readHosts(file)
    expect(added.filter((name) => !hosts.has(name))).toEqual([])
  }
  expect(await changeHosts(file, (hosts) => hosts.size)).toBeGreaterThanOrEqual(added.length)
  expect((await readdir(join(folder, 'nichatka'))).sort()).toEqual(['hosts.json', 'hosts.json.lock'])
})

function start(prefix: string, added: string[]) {
  const child: ChildProcess = spawn(process.execPath, [program, file, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const first = once(child.stdout!, 'data')
  let output = ''
  child.stdout!.on('data', (chunk) => (output += chunk))
  const ended = once(child, 'close').then(() => added.push(...output.split('\n').slice(0, -1)))
  return { child, first, ended }
}
