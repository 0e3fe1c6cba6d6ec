/**
 * The guide's own way to copy a server's data away and back (docs/operating.md): its command lines are run as they
 * are written, with its two folders replaced by the test's.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServerProcess, veche, vecheOk, vecheRegister } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const GUIDE = 'docs/operating.md'
const RUSSIAN_GUIDE = 'docs/operating.ru.md'

let folder: string
let port: number
let server: ServerProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  await mkdir(place('server'))
  await mkdir(place('elsewhere'))
  port = await freePort()
  server = await startServer()
  await register('alice', server.administratorCode)
  const { code } = await vecheOk(place('alice'), ['admin', 'invite', 'create'])
  await register('bob', code as string)
  await vecheOk(place('bob'), ['request', '@alice'])
  await vecheOk(place('alice'), ['requests', 'allow', '@bob'])
})

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('both guides have the same commands', async () => {
  const english = blocksOf(await readFile(GUIDE, 'utf8'))
  expect(english.length).toBeGreaterThan(5)
  expect(blocksOf(await readFile(RUSSIAN_GUIDE, 'utf8'))).toEqual(english)
})

test('M7 M15 a server copied away and back by the guide goes on with every message', async () => {
  await say('alice', '@bob', 'before the copy')
  expect(await heard('bob', 1)).toEqual(['before the copy'])
  await say('bob', '@alice', 'sent, and not yet read by alice')

  expect(await server.stop()).toBe(0)
  await runBlock('Copy the data away')
  const original = await entriesOf(place('server/data'))
  await rm(place('server/data'), { recursive: true })
  await runBlock('Bring the copy back')
  expect(await entriesOf(place('server/data'))).toEqual(original)
  server = await startServer()
  expect(server.output).not.toContain('#code=')

  expect(await heard('alice', 1)).toEqual(['sent, and not yet read by alice'])
  await say('alice', '@bob', 'after the return')
  expect(await heard('bob', 1)).toEqual(['after the return'])
  await say('bob', '@alice', 'and back')
  expect(await heard('alice', 1)).toEqual(['and back'])
  const all = ['before the copy', 'sent, and not yet read by alice', 'after the return', 'and back']
  expect(await history('alice', '@bob')).toEqual(all)
  expect(await history('bob', '@alice')).toEqual(all)
})

test('F23 F24 an older copy brought back loses nothing that devices have: the chat is begun anew, and goes on', async () => {
  await say('alice', '@bob', 'written after the copy')
  expect(await heard('bob', 1)).toEqual(['written after the copy'])
  const before = await history('bob', '@alice')
  await server.stop()
  await rm(place('server/data'), { recursive: true })
  await runBlock('Bring the copy back')
  server = await startServer()

  const began = performance.now()
  await say('bob', '@alice', 'sent all the same')
  const { lines } = await veche(place('alice'), ['listen', '--count', '1', '--timeout', '60'])
  console.info(`F24: usable again after ${Math.round(performance.now() - began)} ms, two programs started`)
  expect(lines).toMatchObject([
    { type: 'notice', notice: 'begun-anew' },
    { type: 'message', text: 'sent all the same' },
  ])
  await say('alice', '@bob', 'and back')
  expect(await heard('bob', 1)).toEqual(['and back'])
  for (const [person, other] of [
    ['bob', '@alice'],
    ['alice', '@bob'],
  ] as const)
    expect(await history(person, other)).toEqual([...before, 'sent all the same', 'and back'])
}, 120_000)

test('the copy command says so when the data folder is not whole', async () => {
  await server.stop()
  await rm(place('server/data/keys/master.key'))
  await expect(runBlock('Copy the data away')).rejects.toThrow('Not found in archive')
})

/** Runs the first command block under a heading of the guide. @throws Error with what it printed when it fails */
async function runBlock(heading: string): Promise<void> {
  const section = (await readFile(GUIDE, 'utf8')).split(`## ${heading}\n`)[1] ?? ''
  const block = blocksOf(section.split('\n## ')[0]!).find((text) => text.includes('tar ')) ?? ''
  const script = block.replaceAll('/srv/veche', place('server')).replaceAll('/mnt/usb', place('elsewhere'))
  const shell = spawn('bash', ['-e', '-u', '-o', 'pipefail'], {
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  shell.stdout.on('data', (chunk: Buffer) => (output += chunk))
  shell.stderr.on('data', (chunk: Buffer) => (output += chunk))
  shell.stdin.end(script)
  const [exitCode] = await once(shell, 'close')
  if (script === '' || exitCode !== 0)
    throw new Error(`${heading}: ended with ${exitCode}\n${script}\n${output}`)
}

function blocksOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```(?:sh|ini|toml|nginx|caddy)\n(.*?)^```$/gms)].map((match) => match[1]!)
}

/** Every file and folder with its mode, owner and size. */
async function entriesOf(root: string): Promise<string[]> {
  const paths = (await readdir(root, { recursive: true })).sort()
  return Promise.all(
    paths.map(async (path) => {
      const { mode, uid, gid, size } = await stat(join(root, path))
      return `${path} ${mode.toString(8)} ${uid}:${gid} ${(mode & 0o040000) === 0 ? size : 'folder'}`
    }),
  )
}

async function say(from: string, to: string, text: string): Promise<void> {
  await vecheOk(place(from), ['send', to, text])
}

async function heard(person: string, count: number): Promise<unknown[]> {
  const { lines } = await veche(place(person), ['listen', '--count', String(count), '--timeout', '60'])
  return lines.filter(({ type }) => type === 'message').map(({ text }) => text)
}

async function history(person: string, chat: string): Promise<unknown[]> {
  return (await veche(place(person), ['history', chat])).lines.map(({ text }) => text)
}

function register(handle: string, code: string): Promise<Record<string, unknown>> {
  const password = 'olive harbour lantern seven'
  return vecheRegister(place(handle), { handle, name: handle, password, code, server: server.url })
}

function startServer(): Promise<ServerProcess> {
  return ServerProcess.start({ data: place('server/data'), port })
}

function place(name: string): string {
  return join(folder, name)
}
