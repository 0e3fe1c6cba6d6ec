/**
 * B11: what passes through a server lies in its memory, and comes out by a core dump, a debugger or a page for
 * diagnosis. The server's own memory is searched here as a debugger would see it, while people talk through it. Its
 * files, and those of PostgreSQL: tests/nothing-in-the-clear.e2e.test.ts.
 */
import { mkdtemp, open, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServerProcess, vecheOk, vecheRegister } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const TEXT = 'canary-text-c41e07d9'
const PASSWORD = 'canary password 90ab31f6'
const NAME = 'Canary Name 7c55'
const STEP_BYTES = 8 << 20
const OVERLAP_BYTES = 4096

let folder: string
let server: ServerProcess
let recovery: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  server = await ServerProcess.start({ data: join(folder, 'data'), port: await freePort() })
  recovery = (await register('alice', server.administratorCode)).recovery as string
  const { code } = await vecheOk(join(folder, 'alice'), ['admin', 'invite', 'create'])
  await register('bob', code as string)
  await vecheOk(join(folder, 'bob'), ['request', '@alice'])
  await vecheOk(join(folder, 'alice'), ['requests', 'allow', '@bob'])
  await vecheOk(join(folder, 'alice'), ['send', '@bob', TEXT])
  await vecheOk(join(folder, 'bob'), ['listen', '--count', '1', '--timeout', '60'])
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('B11 no text, password or recovery word is in the memory of the running server', async () => {
  const found = await findInMemory(server.pid, [folder, TEXT, PASSWORD, recovery])
  expect([...found]).toEqual([folder]) // the search finds what is there
})

test('B11 the server leaves no core dump, nor does its PostgreSQL', async () => {
  const processes = await treeOf(server.pid)
  expect(processes.length).toBeGreaterThan(1)
  for (const pid of processes) {
    const limits = await readFile(`/proc/${pid}/limits`, 'utf8')
    expect(/Max core file size +(\d+) +(\d+)/.exec(limits)?.slice(1)).toEqual(['0', '0'])
  }
})

test('B11 SIGUSR1 opens no debugger, and the server goes on', async () => {
  const before = await listeningPorts(server.pid)
  expect(before).toEqual([Number(new URL(server.url).port)])
  process.kill(server.pid, 'SIGUSR1')
  for (let round = 0; round < 20; round++) {
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  }
  expect(await listeningPorts(server.pid)).toEqual(before)
})

test.each([
  '/json',
  '/json/list',
  '/json/version',
  '/debug/pprof/',
  '/debug/heap',
  '/heapdump',
  '/heapsnapshot',
  '/metrics',
  '/status',
  '/server-status',
  '/env',
  '/actuator/heapdump',
  '/.git/config',
  '/veche.accounts.internal.v1.AccountsInternalService/GetAccounts',
])('B11 %s is no page of the server', async (path) => {
  for (const method of ['GET', 'POST']) {
    expect((await fetch(server.url + path, { method })).status).toBe(404)
  }
})

/** Which of the words are in what the process can write: heap, stacks, buffers. */
async function findInMemory(pid: number, words: readonly string[]): Promise<Set<string>> {
  const maps = (await readFile(`/proc/${pid}/maps`, 'utf8')).split('\n')
  await using memory = await open(`/proc/${pid}/mem`, 'r')
  const found = new Set<string>()
  for (const line of maps) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
    if (!from || !to) continue
    for (let at = BigInt(`0x${from}`); at < BigInt(`0x${to}`); at += BigInt(STEP_BYTES)) {
      const left = Number(BigInt(`0x${to}`) - at)
      const part = Buffer.allocUnsafe(Math.min(left, STEP_BYTES + OVERLAP_BYTES))
      const read = await memory.read(part, 0, part.length, at).catch(() => undefined) // a page that is not there
      const bytes = part.subarray(0, read?.bytesRead ?? 0)
      for (const word of words) if (holds(bytes, word)) found.add(word)
    }
  }
  return found
}

/** As one or two bytes a character: V8 keeps strings in both ways. */
function holds(memory: Buffer, word: string): boolean {
  return memory.includes(word) || memory.includes(Buffer.from(word, 'utf16le'))
}

/** The process and all below it. */
async function treeOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`)
  const children = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8')),
  )
  const below = children.flatMap((text) => text.split(' ').filter(Boolean).map(Number))
  return [pid, ...(await Promise.all(below.map(treeOf))).flat()]
}

/** The TCP ports on which the process listens. */
async function listeningPorts(pid: number): Promise<number[]> {
  const files = await readdir(`/proc/${pid}/fd`)
  const targets = await Promise.all(files.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  const inodes = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []))
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8')),
  )
  const sockets = tables.flatMap((table) =>
    table
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/)),
  )
  const listening = sockets.filter((columns) => columns[3] === '0A' && inodes.has(columns[9]!))
  return listening.map((columns) => Number.parseInt(columns[1]!.split(':')[1]!, 16))
}

function register(handle: string, code: string): Promise<Record<string, unknown>> {
  const person = {
    handle,
    name: `${NAME} ${handle}`,
    password: `${PASSWORD} ${handle}`,
    code,
    server: server.url,
  }
  return vecheRegister(join(folder, handle), person)
}
