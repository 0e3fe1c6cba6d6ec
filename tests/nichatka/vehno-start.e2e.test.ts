/** `npm run vehno` as people run it: what it prints, and that nothing is left running, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Browsing, bellIn } from './browsing.ts'
import { missingForPython } from './python.ts'

const missing = () => missingForPython('python3', 'python3-django', 'python3-psycopg2')
whereInstalled('N21 npm run vehno', missing, () => describe('npm run vehno', tellStory))

function tellStory(): void {
  let folder: string
  let password: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vehno-start-'))
  })
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL') // where a test has failed; the rest ends with it
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('N21 it prints where both are and who may sign in, and stops both when asked', async () => {
    const { child, output, addresses } = await start(folder, 'ru')
    expect(output()).toMatch(/^Люди: +вера {2}борис/m)
    password = /^Пароль: +(\S+)$/m.exec(output())![1]!
    const vera = await new Browsing(addresses[0]!).signIn('вера', password)
    expect(bellIn(await vera.page('/'))).toMatchObject({ user: 'вера', src: addresses[1] })

    const [code, complaint] = await refused(['--data', folder])
    expect([code, complaint]).toEqual([1, `vehno: another one runs on ${folder} already; see --data.\n`])
    await expectStatus(await vera.page('/')) // its key is as good as before

    child.kill('SIGINT')
    await once(child, 'close')
    expect(child.exitCode).toBe(0)
    await expectNothingRuns(addresses)
  })

  test('N21 a second start finds everything as it was, on other ports; when npm is killed, both end', async () => {
    const { child, output, addresses } = await start(folder, 'en', ['npm', 'run', '--silent', 'vehno', '--'])
    expect(/^Password: +(\S+)$/m.exec(output())![1]).toBe(password)
    const boris = await new Browsing(addresses[0]!).signIn('борис', password)
    await expectStatus(await boris.page('/'))
    child.kill('SIGKILL')
    await expectNothingRuns(addresses)
  })

  test('N21 what is wrong is said in one line', async () => {
    for (const args of [['--port', 'x'], ['--port', '70000'], ['--nope']]) {
      const [code, complaint] = await refused(['--data', folder, ...args])
      expect([code, complaint.trim().split('\n').length]).toEqual([2, 1])
      expect(complaint).toMatch(/^vehno: npm run vehno -- \[--port/)
    }
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    for (const option of ['--port', '--nichatka-port']) {
      const [code, complaint] = await refused(['--data', folder, option, String(port)])
      expect([code, complaint]).toEqual([
        1,
        `vehno: port ${port} is taken by another program; see --port and --nichatka-port.\n`,
      ])
    }
    other.close()
  })

  async function expectNothingRuns(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) while (await answers(address)) await sleep(50)
    // PostgreSQL has stopped in order, last of all.
    while (existsSync(join(folder, 'nichatka/postgres/postmaster.pid'))) await sleep(50)
  }
}

async function expectStatus(page: string): Promise<void> {
  const { src, user, token } = bellIn(page)!
  const url = `${src}v1/status?${new URLSearchParams({ user: user! })}`
  expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
}

/** Its exit code, and what it complained of. */
async function refused(args: readonly string[]): Promise<[number | null, string]> {
  const child = spawnStarter('en', args)
  let errors = ''
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk))
  await once(child, 'close')
  return [child.exitCode, errors]
}

async function start(folder: string, language: string, command = starter) {
  const child = spawnStarter(language, ['--data', folder], command)
  let output = ''
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk))
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk))
  while (!/^(Пароль|Password):/m.test(output)) {
    if (child.exitCode !== null) throw new Error(output)
    await sleep(50)
  }
  const addresses = [...output.matchAll(/^\S+: +(http:\S+)$/gm)].map(([, address]) => address!)
  expect(addresses).toHaveLength(2)
  return { child, output: () => output, addresses }
}

const starter = [process.execPath, 'examples/vehno/start.ts']
const started: ChildProcess[] = []

function spawnStarter(language: string, args: readonly string[], command = starter): ChildProcess {
  const [program, ...rest] = [...command, '--port', '0', '--nichatka-port', '0', ...args]
  const env = { ...process.env, VECHE_LANG: language }
  const child = spawn(program!, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  return child
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false, // refused: nobody listens
  )
}
