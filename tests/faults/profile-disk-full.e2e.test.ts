/**
 * F14: the disk with a person's profile is full. Every command says so in a sentence; what was stored is untouched, byte
 * for byte; and when there is space again everything arrives, once and in order.
 */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CommandResult, Conversation, SmallDisk, veche, vecheOk } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const FULL = 'There is no space left on the disk with this profile.'
const MESSAGES = 5
let conversation: Conversation
let disk: SmallDisk

beforeAll(async () => {
  conversation = await Conversation.start()
  await mkdir(place('disk'))
  disk = await SmallDisk.mount(place('disk'), 2)
  await cp(conversation.profile('alice'), join(disk.path, 'alice'), { recursive: true })
})
afterAll(async () => {
  await conversation[Symbol.asyncDispose]()
  await disk[Symbol.asyncDispose]()
})

test('F14 M22 a full disk is told, harms nothing, and is made good by space', async () => {
  const bob = conversation.profile('bob')
  await alice('send', '@bob', 'before')
  await disk.fill()
  const before = await files()

  for (let number = 1; number <= MESSAGES; number++) await vecheOk(bob, ['send', '@alice', textOf(number)])
  for (const command of [
    ['send', '@bob', 'long '.repeat(2_000)],
    ['listen', '--count', '1', '--timeout', '30'],
  ]) {
    const { code, stdout, stderr } = await alice(...command)
    expect([command[0], code, reasonOf(stderr)]).toEqual([command[0], 5, 'disk_full'])
    expect(stderr).toContain(FULL)
    expect(stdout).not.toContain('bob 1')
    expect(await changedSince(before)).toEqual([])
  }
  // What is stored can be read, with a word on why there is no more.
  const read = await alice('history', '@bob')
  expect([read.code, read.lines.map(({ text }) => text)]).toEqual([0, ['before']])
  expect(read.stderr).toContain(FULL)
  expect(await changedSince(before)).toEqual([])
  // A short text may still find room at the end of a file: then it is kept, and goes out later.
  const short = await alice('send', '@bob', 'short')
  expect(short.code).toBe(5)
  const kept = reasonOf(short.stderr) === 'message_kept_disk_full' ? ['short'] : []
  if (kept.length === 0) expect(reasonOf(short.stderr)).toBe('disk_full')

  await disk.free()
  const { lines } = await alice('listen', '--count', String(MESSAGES), '--timeout', '60')
  const heard = lines.filter(({ type }) => type === 'message').map(({ text }) => text)
  expect(heard).toEqual(Array.from({ length: MESSAGES }, (_, index) => textOf(index + 1)))
  expect((await alice('send', '@bob', 'after')).code).toBe(0)
  await vecheOk(bob, ['listen', '--count', String(2 + kept.length), '--timeout', '60'])
  const texts = async (result: Promise<CommandResult>) => (await result).lines.map(({ text }) => text)
  const all = ['before', ...heard, ...kept, 'after']
  expect(await texts(alice('history', '@bob', '--limit', '100'))).toEqual(all)
  expect(await texts(veche(bob, ['history', '@alice', '--limit', '100']))).toEqual(all)
})

test('F14 there is no room for a new profile either; with space the same command goes on', async () => {
  await disk.fill()
  const passwordFile = place('carol.password')
  await writeFile(passwordFile, 'olive harbour lantern seven\n', { mode: 0o600 })
  const account = ['--handle', 'carol', '--name', 'Carol', '--server', conversation.server.url]
  const register = () => command('carol', ['register', ...account, '--password-file', passwordFile])
  const { code, stderr } = await register()
  expect([code, reasonOf(stderr)]).toEqual([5, 'disk_full'])
  await disk.free()
  const again = await register()
  expect([again.code, again.lines[0]?.handle]).toEqual([0, 'carol'])
})

test('F13 F14 M16 a full disk takes no exported history and leaves none of it; with one full nothing is imported by halves', async () => {
  const phrase = place('phrase')
  await writeFile(phrase, 'lantern on the olive harbour\n')
  const onDisk = join(place('disk'), 'exported')
  const byPhrase = ['--passphrase-file', phrase]
  expect((await alice('history', 'export', onDisk, ...byPhrase)).code).toBe(0)
  const old = await readFile(join(disk.path, 'exported'))
  await disk.fill()
  const before = await files()
  const { code, stderr } = await alice('history', 'export', onDisk, '--force', ...byPhrase)
  expect([code, reasonOf(stderr)]).toEqual([2, 'export_no_space'])
  expect(await readFile(join(disk.path, 'exported'))).toEqual(old)
  expect((await readdir(disk.path)).filter((name) => name.endsWith('.part'))).toEqual([])
  // Everything of it is here: there is nothing to write.
  const again = await alice('history', 'import', onDisk, ...byPhrase)
  expect([again.code, again.lines[0]?.messages]).toEqual([0, 0])
  expect(await changedSince(before)).toEqual([])
  await disk.free()
})

function textOf(number: number): string {
  return `bob ${number} ${'and so on '.repeat(30)}`.trim()
}

function alice(...args: readonly string[]): Promise<CommandResult> {
  return command('alice', args)
}

function command(profile: string, args: readonly string[]): Promise<CommandResult> {
  return veche(join(place('disk'), profile), args, '', { prefix: disk.prefix })
}

function reasonOf(stderr: string): unknown {
  const [line = '{}'] = stderr.split('\n').filter((text) => text.includes('"error"'))
  return (JSON.parse(line) as { error?: { reason?: unknown } }).error?.reason
}

/** Names and contents of all files of alice's profile. */
async function files(): Promise<Map<string, Buffer>> {
  const root = join(disk.path, 'alice')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)))
}

/**
 * Files that are not what they were. A journal may have grown by a small record that found room in the file's last block:
 * that it is whole, opening shows.
 */
async function changedSince(before: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const now = await files()
  const isChanged = (path: string) => {
    const [old, fresh] = [before.get(path), now.get(path)]
    if (old === undefined || fresh === undefined) return true
    const mayGrow = path.endsWith('.journal')
    return !old.equals(mayGrow ? fresh.subarray(0, old.length) : fresh)
  }
  return [...new Set([...before.keys(), ...now.keys()])].filter(isChanged)
}

function place(name: string): string {
  return join(conversation.folder, name)
}
