import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** `serve` as a process of its own. */
class ServeProcess {
  stdout = ''
  stderr = ''
  readonly child: ChildProcess
  readonly exited: Promise<unknown>

  constructor(env: Readonly<Record<string, string>>) {
    const program = fileURLToPath(new URL('./testing/serve-process.ts', import.meta.url))
    const inherited = Object.entries(process.env).filter(([name]) => !/^(VECHE_|LC_|LANG)/.test(name))
    this.child = spawn(process.execPath, [program], {
      env: { ...Object.fromEntries(inherited), VECHE_DATA: join(root, 'data'), VECHE_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stdout?.on('data', (chunk) => (this.stdout += chunk))
    this.child.stderr?.on('data', (chunk) => (this.stderr += chunk))
    this.exited = once(this.child, 'close')
    processes.push(this)
  }

  /** Resolves with the match once the console shows it. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout)
      if (match !== null) return match
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}: ${this.stderr}`)
      await Promise.race([once(this.child.stdout!, 'data'), this.exited])
    }
  }

  async ready(): Promise<string> {
    return (await this.shows(/(http:\/\/[\d.]+:\d+)\n[\s\S]*Ctrl\+C/))[1] ?? ''
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    await this.exited
    return this.child.exitCode
  }
}

let root: string
const processes: ServeProcess[] = []
let blocker: Server | undefined

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'veche-serve-'))
})
afterEach(async () => {
  for (const process of processes.splice(0)) {
    process.child.kill('SIGCONT')
    if (process.child.exitCode === null && process.child.signalCode === null) await process.end('SIGTERM')
  }
  blocker?.close()
  await rm(root, { recursive: true, force: true })
})

test('M3 starts on an empty folder, says where it is and what to do next, and stops on SIGTERM', async () => {
  const server = new ServeProcess({ LANG: 'en_US.UTF-8' })
  const url = await server.ready()
  expect(server.stdout).toMatch(/There is no administrator yet/)
  const code = /\/#code=(vr-[a-z2-7]{26})\n/.exec(server.stdout)?.[1] ?? expect.unreachable()
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(await server.end('SIGTERM')).toBe(0)
  expect(server.stdout).toMatch(/Stopped\.\n$/)
  // B12: the log has its lines, and neither the code nor an address.
  expect(server.stderr).toMatch(/"event":"migrations_applied"/)
  expect(server.stderr).not.toContain(code)
  expect(server.stderr).not.toContain('127.0.0.1')
})

test('speaks Russian where the locale does; a second signal ends it at once', async () => {
  const server = new ServeProcess({ LC_ALL: 'ru_RU.UTF-8' })
  await server.shows(/Вече работает: http[\s\S]*Администратора ещё нет[\s\S]*Ctrl\+C/)
  server.child.kill('SIGINT')
  await server.shows(/Останавливается/)
  await server.end('SIGINT')
  expect([0, 130]).toContain(server.child.exitCode) // 0 where it had stopped before the second came
  await new ServeProcess({}).ready() // and ends the PostgreSQL that may have been left
})

test('F1: after kill -9 it starts again on the same folder and port', async () => {
  const first = new ServeProcess({})
  const url = await first.ready()
  await first.end('SIGKILL')
  const second = new ServeProcess({ VECHE_PORT: new URL(url).port })
  expect(await second.ready()).toBe(url)
  expect(await second.end('SIGINT')).toBe(0)
})

test('a second server on the folder is refused in one line, also while the first is stopped', async () => {
  const first = new ServeProcess({})
  await first.ready()
  first.child.kill('SIGSTOP')
  const second = new ServeProcess({})
  await second.exited
  expect([second.child.exitCode, second.stderr]).toEqual([
    1,
    `Another Veche server is running on the data folder ${join(root, 'data')}.\n`,
  ])
})

test('a busy port is said in one line', async () => {
  blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  const { port } = blocker.address() as { port: number }
  const server = new ServeProcess({ VECHE_PORT: String(port) })
  await server.exited
  expect(server.child.exitCode).toBe(1)
  expect(server.stderr).toMatch(new RegExp(`^Port ${port} of 127.0.0.1 is taken by another program.*\\n$`))
})

test.each([
  [{ VECHE_PROT: '1' }, 2, 'VECHE_PROT: there is no such option\n'],
  [{ VECHE_PORT: 'x' }, 2, 'VECHE_PORT must be a whole number from 0 to 65535\n'],
  [
    { VECHE_DATA: '/dev/null/data' },
    1,
    expect.stringMatching(/^The data folder \/dev\/null\/data cannot be used.*\n$/),
  ],
  [
    { DATABASE_URL: 'postgresql://u:secret@127.0.0.1:1/d' },
    1,
    'PostgreSQL does not answer, or refuses the role of DATABASE_URL.\n',
  ],
])('%o is explained in one line', async (env, exitCode, line) => {
  const server = new ServeProcess(env)
  await server.exited
  expect([server.child.exitCode, server.stderr]).toEqual([exitCode, line])
})
