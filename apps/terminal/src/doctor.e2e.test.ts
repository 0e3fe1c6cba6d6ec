/** `veche doctor` on profiles that are whole, damaged, closed, in use and empty: it says so, and changes nothing. */
import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openProfile } from '@veche/client'
import { NodeFiles, openProfileKey } from '@veche/history/node'
import { DeviceStore, noSteps } from '@veche/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { openChat, type Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { ru } from './words/ru.ts'

let server: TestServer
let alice: Person
let bob: Person

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob] = await server.welcome('alice', 'bob')
  await openChat(alice, bob)
  for (const text of ['Рассада готова', 'До шести']) await alice.json('send', '@bob', text)
})
afterAll(() => server?.[Symbol.asyncDispose]())

/** What is found in a profile; every file of it must be the same afterwards. */
async function examined(profile: string, ...args: readonly string[]) {
  const before = await filesOf(profile)
  const terminal = alice.terminal({ env: { VECHE_PROFILE: profile } })
  const code = await main(['doctor', '--json', ...args], terminal)
  expect(await filesOf(profile)).toEqual(before)
  return {
    code,
    lines: terminal.lines,
    findings: terminal.lines.map((line) => String(line.finding)),
    broken: terminal.lines.filter(({ health }) => health === 'broken').map((line) => String(line.finding)),
  }
}

async function filesOf(profile: string): Promise<Record<string, string>> {
  const entries = await readdir(profile, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  return Object.fromEntries(
    await Promise.all(paths.sort().map(async (path) => [path, await readFile(path, 'hex')] as const)),
  )
}

/** Alice's profile, changed. */
async function damaged(change: (profile: string) => Promise<void>): Promise<string> {
  const profile = join(server.folder, `damaged-${crypto.randomUUID()}`)
  await cp(alice.profile, profile, { recursive: true })
  await change(profile)
  return profile
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  await writeFile(path, bytes.with(at, bytes[at]! ^ 1))
}

async function only(profile: string, folderName: string, ending: string): Promise<string> {
  const entries = await readdir(join(profile, folderName), { recursive: true })
  return join(profile, folderName, entries.find((each) => each.endsWith(ending))!)
}

describe('veche doctor', () => {
  test('finds a whole profile in order, and its server, in both languages', async () => {
    const { code, findings, lines } = await examined(alice.profile)
    expect(findings).toEqual([
      'program_ok',
      'folder_ok',
      expect.stringMatching(/^disk_/),
      'lock_free',
      'key_ok',
      'device_ok',
      'chats_ok',
      'server_ok',
      'clock_ok',
      'token_ok',
      'packages_ok',
      'stream_ok',
    ])
    expect(code).toBe(exitCode.done)
    expect(lines).toContainEqual(expect.objectContaining({ finding: 'chats_ok', chats: 1, messages: 2 }))
    const { out } = await alice.say('ru', 'doctor', '--offline')
    expect(
      out
        .split('\n')
        .slice(0, -1)
        .every((line) => line.startsWith(ru.health.ok) || line.startsWith(ru.health.look)),
    ).toBe(true)
    expect(out).toContain('Сообщения целы до байта')
  })

  test('leaves what the server keeps for the device there, and the server alone when told so', async () => {
    expect((await examined(bob.profile)).findings).toContain('stream_ok')
    expect((await examined(bob.profile, '--offline')).findings.at(-1)).toBe('server_unseen')
    const { lines } = await bob.json('history', '@alice')
    expect(lines.map(({ text }) => text)).toEqual(['Рассада готова', 'До шести'])
  })

  test.each([
    ['the key', (profile: string) => flip(join(profile, 'profile.key'), 12), 'key_damaged'],
    ['no key', (profile: string) => rm(join(profile, 'profile.key')), 'key_absent'],
    ['the account', (profile: string) => flip(join(profile, 'device.journal'), 100), 'device_damaged'],
    [
      'a chat',
      async (profile: string) => flip(await only(profile, 'chats', '.journal'), 100),
      'chat_damaged',
    ],
    [
      'a message',
      async (profile: string) => flip(await only(profile, 'history', '.segment'), 200),
      'history_damaged',
    ],
    [
      'a stranger',
      (profile: string) => writeFile(join(profile, 'chats', 'x.journal'), 'x'),
      'chats_unreadable',
    ],
  ])('F15 tells that %s is damaged, and touches nothing', async (_, change, finding) => {
    const { code, broken } = await examined(await damaged(change), '--offline')
    expect(broken).toEqual([finding])
    expect(code).toBe(exitCode.profile)
  })

  test('takes what a crash left of a message that was never acknowledged for nothing bad', async () => {
    const profile = await damaged(async (copy) => {
      const path = await only(copy, 'history', '.segment')
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(30)]))
    })
    expect(await examined(profile, '--offline')).toMatchObject({ code: exitCode.done, broken: [] })
  })

  test('tells of a folder that others can look into, and of none', async () => {
    const open = await damaged((profile) => chmod(profile, 0o755))
    const { code, findings } = await examined(open, '--offline')
    expect([code, findings[1]]).toEqual([exitCode.done, 'folder_open'])
    const none = await examined(join(server.folder, 'nowhere'))
    expect([none.code, none.findings]).toEqual([
      exitCode.done,
      ['program_ok', 'folder_absent', 'server_unseen'],
    ])
    expect(await filesOf(join(server.folder, 'nowhere'))).toEqual({})
  })

  test('examines the server alone where there is no account', async () => {
    const { code, findings } = await examined(join(server.folder, 'nowhere'), '--server', server.url)
    expect([code, findings.slice(2)]).toEqual([exitCode.done, ['server_ok', 'clock_ok']])
    const wrong = await examined(join(server.folder, 'nowhere'), '--server', 'nonsense')
    expect([wrong.code, wrong.broken]).toEqual([exitCode.refused, ['server_refused']])
  })

  test('reads no messages while another process writes them', async () => {
    const opened = await openProfile(alice.profile)
    if (opened.kind !== 'open') throw new Error('nobody else has the profile')
    const { code, findings } = await examined(alice.profile)
    expect(findings).toEqual(
      expect.arrayContaining(['lock_held', 'device_ok', 'chats_unseen', 'token_ok', 'stream_unseen']),
    )
    expect(code).toBe(exitCode.done)
    await opened.client.close()
  })

  test('M16 asks for the passphrase, and looks at the rest without it', async () => {
    const profile = await damaged(async () => {})
    const terminal = alice.terminal({
      env: { VECHE_PROFILE: profile },
      secrets: ['lantern olive harbour', 'lantern olive harbour'],
    })
    expect(await main(['passphrase', 'set'], terminal)).toBe(exitCode.done)
    expect((await examined(profile, '--offline')).findings.slice(4)).toEqual(['key_locked', 'server_unseen'])
    const asked = alice.terminal({
      env: { VECHE_PROFILE: profile },
      secrets: ['wrong', 'lantern olive harbour'],
    })
    expect(await main(['doctor', '--offline', '--json'], asked)).toBe(exitCode.done)
    expect(asked.lines.map(({ finding }) => finding).slice(4, 7)).toEqual([
      'key_passphrase',
      'device_ok',
      'chats_ok',
    ])
  })

  test('tells that the server is away, or another one', async () => {
    const away = await examined(alice.profile, '--server', 'http://127.0.0.1:1')
    expect([away.code, away.broken]).toEqual([exitCode.unreachable, ['server_unreachable']])
    const profile = await damaged(async (copy) => {
      const store = await DeviceStore.open(new NodeFiles(copy), await openProfileKey(copy), noSteps)
      const other = { ...store.state.profile!, serverIdentityKey: new Uint8Array(32) }
      await store.store({ case: 'profile', value: other })
    })
    const changed = await examined(profile)
    expect([changed.code, changed.broken]).toEqual([exitCode.refused, ['server_changed']])
  })

  test('tells that the server does not accept the device', async () => {
    const profile = await damaged(async (copy) => {
      const store = await DeviceStore.open(new NodeFiles(copy), await openProfileKey(copy), noSteps)
      const other = { ...store.state.profile!, signaturePrivateKey: new Uint8Array(32).fill(9) }
      await store.store({ case: 'profile', value: other })
    })
    const { code, broken } = await examined(profile)
    expect([code, broken]).toEqual([exitCode.refused, ['token_refused']])
  })
})
