/**
 * F1, F16: server and clients are killed with SIGKILL at random moments while two people write to each other.
 * After each run everything is started once more, everyone catches up, and the checker decides from the journals of
 * all that was done and seen. VECHE_SEED repeats a run's choices; VECHE_LONG=1 makes 200 rounds of it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CHATTER,
  type ChatterLine,
  check,
  freePort,
  type Operation,
  ServerProcess,
  vecheOk,
  vecheRegister,
} from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROUNDS = process.env.VECHE_LONG === '1' ? 200 : 20
const seed = Number(process.env.VECHE_SEED ?? Date.now() % 1_000_000)
const people = ['alice', 'bob'] as const
type Person = (typeof people)[number]

let folder: string
let port: number
let server: ServerProcess
let chat: string
const random = randomFrom(seed)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  port = await freePort()
  server = await startServer()
  await register('alice', server.administratorCode)
  const { code } = await vecheOk(profile('alice'), ['admin', 'invite', 'create'])
  await register('bob', code as string)
  await vecheOk(profile('bob'), ['request', '@alice'])
  ;({ chat } = (await vecheOk(profile('alice'), ['requests', 'allow', '@bob'])) as { chat: string })
  await vecheOk(profile('alice'), ['send', '@bob', 'hello'])
  await vecheOk(profile('bob'), ['listen', '--count', '1', '--timeout', '30'])
})

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test(`F1 F16 M17 ${ROUNDS} rounds of kill -9: nothing is lost, doubled, reordered or unreadable`, async () => {
  console.info(`kill -9: VECHE_SEED=${seed}`)
  for (let round = 0; round < ROUNDS; round++) await oneRound()
  for (const person of people) await ended(chatter(person, 'settle'))
  for (const person of people) await ended(chatter(person, 'history'))

  const lines = (await Promise.all(people.map(journalOf))).flat()
  const tried = lines.filter((line) => line.kind === 'trying').map((line) => line.text)
  const operations = lines.filter((line): line is Operation => line.kind !== 'trying')
  const verdict = check(
    operations,
    new Map([[chat, people]]),
    new Map([[chat, new Set([...tried, 'hello'])]]),
  )
  console.info(`kill -9: ${tried.length} tried, ${verdict.delivered} delivered of ${ROUNDS} rounds`)
  expect(verdict).toEqual({
    lost: [],
    duplicated: [],
    reordered: [],
    phantom: [],
    unreadable: [],
    delivered: expect.any(Number),
  })
  expect(verdict.delivered).toBeGreaterThan(ROUNDS * 5)
}, 1_800_000)

/** Both write; one of the three, or the server and one of them, dies at a random moment and comes back. */
async function oneRound(): Promise<void> {
  const writers = new Map(people.map((person) => [person, chatter(person, 30)]))
  await sleep(300 + random() * 1_200)
  const victim = ['server', ...people, 'server and alice'][Math.floor(random() * 4)]!
  for (const person of people) {
    if (victim.includes(person)) await killed(writers.get(person)!)
  }
  if (victim.includes('server')) {
    await server.kill()
    server = await startServer()
  }
  for (const person of people) {
    if (victim.includes(person)) writers.set(person, chatter(person, 5))
  }
  await Promise.all([...writers.values()].map(ended))
}

function chatter(person: Person, task: number | 'settle' | 'history'): ChildProcess {
  const parts = [CHATTER, profile(person), journalFile(person), chat, person, String(task)]
  return spawn(process.execPath, parts, { stdio: ['ignore', 'ignore', 'pipe'] })
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function ended(child: ChildProcess): Promise<void> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk))
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.exitCode, errors).toBe(0)
}

async function register(handle: Person, code: string): Promise<void> {
  const person = { handle, name: handle, password: 'olive harbour lantern seven', code, server: server.url }
  await vecheRegister(profile(handle), person)
}

async function journalOf(person: Person): Promise<ChatterLine[]> {
  const lines = (await readFile(journalFile(person), 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map(
    (line) => JSON.parse(line, (key, value) => (key === 'seq' ? BigInt(value) : value)) as ChatterLine,
  )
}

function startServer(): Promise<ServerProcess> {
  return ServerProcess.start({ data: join(folder, 'data'), port })
}

function profile(person: Person): string {
  return join(folder, person)
}

function journalFile(person: Person): string {
  return join(folder, `${person}.journal`)
}

/** mulberry32: small and repeatable. */
function randomFrom(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
