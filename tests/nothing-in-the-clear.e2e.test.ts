/**
 * B11, B12, M6, M15, M16, M18: after two people have talked, everything that the server and both clients keep or have
 * printed is searched byte by byte for the text, the passwords and addresses. Canary strings make the search exact.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServerProcess, vecheOk, vecheRegister } from '@veche/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const TEXT = 'canary-text-7f3b91c2'
const PASSWORD = 'canary password 51aa0b7e'
const NAME = 'Canary Name 8d20'

let folder: string
let server: ServerProcess
let recovery: string
let logs: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  server = await ServerProcess.start({
    data: join(folder, 'data'),
    port: await freePort(),
    env: { VECHE_LOG: 'debug' },
  })
  const alice = await register('alice', server.administratorCode)
  recovery = alice.recovery as string
  const { code } = await vecheOk(profile('alice'), ['admin', 'invite', 'create'])
  await register('bob', code as string)
  await vecheOk(profile('bob'), ['request', '@alice'])
  await vecheOk(profile('alice'), ['requests', 'allow', '@bob'])
  for (let number = 1; number <= 20; number++)
    await vecheOk(profile('alice'), ['send', '@bob', `${TEXT} ${number}`])
  await vecheOk(profile('bob'), ['listen', '--count', '20', '--timeout', '60'])
  await server.stop()
  logs = server.output
})

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('the search finds what is there: bob can read the text, and the server knows the display name', async () => {
  const lines = await vecheOk(profile('bob'), ['history', '@alice', '--limit', '1'])
  expect(JSON.stringify(lines)).toContain(TEXT)
  expect(await filesWith(join(folder, 'data'), NAME)).not.toEqual([])
})

describe.each(['data', 'alice', 'bob'])('in %s', (place) => {
  test.each([
    ['the text', () => TEXT],
    ['a password', () => PASSWORD],
    ['the recovery words', () => recovery],
    ['an address', () => '127.0.0.1'],
  ])('%s is nowhere', async (_name, needle) => {
    const found = await filesWith(join(folder, place), needle())
    // A profile says in its settings which server it belongs to; PostgreSQL's own configuration names loopback.
    expect(found.filter((file) => !isConfiguration(file))).toEqual([])
  })
})

test('nothing of it is in the server’s console and logs', () => {
  const printed = logs.replaceAll(server.url, '')
  for (const needle of [TEXT, PASSWORD, recovery, NAME, '127.0.0.1', '::1', 'alice', 'bob']) {
    expect(printed).not.toContain(needle)
  }
  expect(printed.length).toBeGreaterThan(0)
})

function isConfiguration(file: string): boolean {
  return /\.(conf|sample|toml)$|postmaster\.(opts|pid)$/.test(file)
}

async function filesWith(place: string, needle: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile() && holds(await readFile(file), needle)) found.push(file)
  }
  return found
}

/** As UTF-8, UTF-16, hexadecimal or base64 at any offset. */
function holds(bytes: Buffer, needle: string): boolean {
  const utf8 = Buffer.from(needle)
  const spellings = [
    utf8,
    Buffer.from(needle, 'utf16le'),
    Buffer.from(utf8.toString('hex')),
    ...base64Cores(utf8),
  ]
  return spellings.some((spelling) => bytes.includes(spelling))
}

/** What base64 makes of the bytes wherever they stand in a longer text: without the ends, which the neighbours colour. */
function base64Cores(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return Buffer.from(text.slice(4, -4))
  })
}

function register(handle: string, code: string): Promise<Record<string, unknown>> {
  const person = {
    handle,
    name: `${NAME} ${handle}`,
    password: `${PASSWORD} ${handle}`,
    code,
    server: server.url,
  }
  return vecheRegister(profile(handle), person)
}

function profile(person: string): string {
  return join(folder, person)
}
