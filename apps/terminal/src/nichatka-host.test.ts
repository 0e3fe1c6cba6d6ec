/** The commands by which the one who runs the machine lets systems use Nichatka. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { TestTerminal, type TestTerminalOptions } from './testing/test-terminal.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-hosts-'))
  file = join(folder, 'nichatka', 'hosts.json')
})
afterEach(() => rm(folder, { recursive: true }))

async function host(line: string, { env, ...options }: TestTerminalOptions = {}) {
  const terminal = new TestTerminal({ env: { VECHE_DATA: folder, ...env }, ...options })
  const code = await main(['nichatka', 'host', ...line.split(' ')], terminal)
  return { code, terminal }
}

const inFile = async () => JSON.parse(await readFile(file, 'utf8'))
const russian = { env: { VECHE_LANG: 'ru' } }

test('N14 a system is added: its key is in the file, and shown with the line that its server needs', async () => {
  const { code, terminal } = await host(
    'add vehno --origin http://127.0.0.1:8000/ --origin https://Tasks.example',
  )
  expect(code).toBe(exitCode.done)
  const [, key] =
    /^NICHATKA_HOST=vehno\nNICHATKA_KEY=(hmac-sha256:[A-Za-z0-9_-]{43})$/m.exec(terminal.out) ?? []
  expect(await inFile()).toEqual({
    vehno: { key, origins: ['http://127.0.0.1:8000', 'https://tasks.example'], getChanges: true },
  })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(terminal.out).toContain(file)
})

test('N14 for programs: one object, and no two keys alike', async () => {
  const { terminal: first } = await host('add vehno --origin https://a.example --no-get-changes --json')
  const { terminal: second } = await host('add other --origin https://b.example --json')
  expect(first.lines).toEqual([
    {
      host: 'vehno',
      keyKind: 'hmac-sha256',
      origins: ['https://a.example'],
      getChanges: false,
      key: expect.stringMatching(/^hmac-sha256:/),
    },
  ])
  expect(second.lines[0]?.key).not.toBe(first.lines[0]?.key)
})

test('N14 a system with a key pair of its own gives the public key', async () => {
  const x = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x
  const { terminal } = await host(`add vehno --origin https://a.example --public-key ${x}`)
  expect((await inFile()).vehno.key).toBe(`ed25519:${x}`)
  expect(terminal.out).not.toContain('NICHATKA_KEY')
  const { terminal: listed } = await host('list --json')
  expect(listed.lines).toEqual([
    { host: 'vehno', keyKind: 'ed25519', origins: ['https://a.example'], getChanges: true },
  ])
})

test('N14 a list shows no key', async () => {
  expect((await host('list')).terminal.out).toContain('veche nichatka host add')
  await host('add vehno --origin https://a.example')
  await host('add archive --origin https://b.example --no-get-changes')
  const { terminal } = await host('list')
  expect(terminal.out).toBe(
    'archive  shared key  GET may not change  https://b.example\nvehno    shared key  GET may change      https://a.example\n',
  )
  expect((await host('list', russian)).terminal.out).toContain('общий ключ')
})

test('N14 another key takes the place of the old one', async () => {
  const { terminal: added } = await host('add vehno --origin https://a.example --no-get-changes --json')
  const { terminal: rotated } = await host('rotate vehno --json')
  expect(rotated.lines[0]?.key).not.toBe(added.lines[0]?.key)
  expect(await inFile()).toEqual({
    vehno: { key: rotated.lines[0]?.key, origins: ['https://a.example'], getChanges: false },
  })
})

test('N14 a system is removed when it was asked for, or --yes was given', async () => {
  await host('add vehno --origin https://a.example')
  const nobody = await host('remove vehno')
  expect([nobody.code, Object.keys(await inFile())]).toEqual([exitCode.wrongUse, ['vehno']])
  const no = await host('remove vehno', { ...russian, answers: ['нет'] })
  expect([no.code, Object.keys(await inFile())]).toEqual([exitCode.wrongUse, ['vehno']])
  expect(no.terminal.questions).toHaveLength(1)
  const yes = await host('remove vehno', { ...russian, answers: ['да'] })
  expect([yes.code, await inFile()]).toEqual([exitCode.done, {}])
  await host('add vehno --origin https://a.example')
  expect((await host('remove vehno --yes --json')).terminal.lines).toEqual([{ host: 'vehno', removed: true }])
})

test.each([
  ['add vehno --origin https://b.example', exitCode.refused, 'host_name_taken'],
  ['add Vehno --origin https://b.example', exitCode.wrongUse, 'host_name_wrong'],
  ['add __proto__ --origin https://b.example', exitCode.wrongUse, 'host_name_wrong'],
  ['add other --origin https://b.example/path', exitCode.wrongUse, 'origin_wrong'],
  ['add other --origin *', exitCode.wrongUse, 'origin_wrong'],
  ['add other --origin https://user@b.example', exitCode.wrongUse, 'origin_wrong'],
  ['add other --origin https://b.example --public-key AAAA', exitCode.wrongUse, 'public_key_wrong'],
  ['add other', exitCode.wrongUse, 'missing_option'],
  ['rotate other', exitCode.refused, 'host_unknown'],
  ['rotate vehno --public-key x', exitCode.wrongUse, 'public_key_wrong'],
  ['remove other --yes', exitCode.refused, 'host_unknown'],
])('N14 refused, and nothing changed: veche nichatka host %s', async (line, code, reason) => {
  await host('add vehno --origin https://a.example')
  const before = await readFile(file, 'utf8')
  for (const env of [{}, { VECHE_LANG: 'ru' }]) {
    const outcome = await host(`${line} --json`, { env })
    expect([outcome.code, outcome.terminal.out]).toEqual([code, ''])
    expect(JSON.parse(outcome.terminal.err).error.reason).toBe(reason)
  }
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('N14 a file that cannot be used is left as it is, and no key of it is told', async () => {
  await host('add vehno --origin https://a.example')
  const broken = (await readFile(file, 'utf8')).slice(0, -20)
  await writeFile(file, broken)
  for (const line of ['list', 'add other --origin https://b.example', 'rotate vehno', 'remove vehno --yes']) {
    const { code, terminal } = await host(line)
    expect(code).toBe(exitCode.refused)
    expect(terminal.err).toContain('it is not JSON')
    expect(terminal.err).not.toMatch(/[A-Za-z0-9_-]{43}/)
  }
  expect(await readFile(file, 'utf8')).toBe(broken)
})
