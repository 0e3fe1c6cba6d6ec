/** Several commands on one profile, in this process, and what is left when one of them does not end well. */
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { openProfile } from '@veche/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { Seen } from './seen.ts'
import { openChat, Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import type { TestTerminal } from './testing/test-terminal.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

let server: TestServer
let alice: Person
let bob: Person

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob] = await server.welcome('alice', 'bob')
  await openChat(alice, bob)
  await bob.json('chats')
})
afterAll(() => server?.[Symbol.asyncDispose]())

test('every command runs through a listener as it does alone', async () => {
  const listening = listen(bob)
  await listening.terminal.until(isConnected)
  const through = await everyCommand()
  listening.terminal.interrupt()
  expect(await listening.code).toBe(exitCode.interrupted)
  expect(through).toEqual(await everyCommand())
})

test('M16 while a listener has a profile under a passphrase, no other command asks for it', async () => {
  await using phrase = await Person.create('phrase')
  await writeFile(phrase.passwordFile, 'lantern on the olive harbour\n')
  const env = { VECHE_PASSPHRASE_FILE: phrase.passwordFile }
  expect((await bob.json('passphrase', 'set', '--new-file', phrase.passwordFile)).code).toBe(exitCode.done)
  expect((await bob.json('whoami')).code).toBe(exitCode.locked)
  const listening = bob.terminal({ env })
  const code = main(['listen', '--json'], listening)
  await listening.until(isConnected)
  const visitor = bob.terminal({ secrets: ['not asked for'] })
  expect(await main(['whoami', '--json'], visitor)).toBe(exitCode.done)
  expect([visitor.lines.map(({ handle }) => handle), visitor.questions]).toEqual([['bob'], []])
  const held = await bob.json('passphrase', 'remove')
  expect(JSON.parse(held.err).error.reason).toBe('passphrase_needed')
  listening.interrupt()
  await code
  const removing = bob.terminal({ env })
  expect(await main(['passphrase', 'remove', '--json'], removing)).toBe(exitCode.done)
  expect((await bob.json('whoami')).code).toBe(exitCode.done)
})

test('M17 a listener shows others’ messages, once, and not the person’s own', async () => {
  const listening = listen(bob)
  await listening.terminal.until(isConnected)
  await bob.json('send', '@alice', 'my own')
  await alice.json('send', '@bob', 'for bob')
  await listening.terminal.until(({ out }) => out.includes('for bob'))
  listening.terminal.interrupt()
  await listening.code
  expect(texts(listening.terminal)).toEqual(['for bob'])
})

test('what another command fetched meanwhile is still shown by listen, and then never again', async () => {
  await alice.json('send', '@bob', 'fetched by chats')
  await bob.json('chats')
  expect(await heard(bob, '1')).toEqual(['fetched by chats'])
  await alice.json('send', '@bob', 'seen in history')
  await bob.json('history', '@alice')
  await alice.json('send', '@bob', 'new')
  expect(await heard(bob, '1')).toEqual(['new'])
})

test('a request that another command fetched is still shown by listen, and then never again', async () => {
  const [carol] = await server.welcome('carol')
  await carol.json('request', '@bob')
  await bob.json('chats')
  const terminal = bob.terminal()
  expect(await main(['listen', '--json', '--count', '1', '--timeout', '60'], terminal)).toBe(exitCode.done)
  expect(terminal.lines).toEqual([expect.objectContaining({ type: 'request', from: 'carol' })])
  await alice.json('send', '@bob', 'after the request')
  expect(await heard(bob, '1')).toEqual(['after the request'])
})

test('a damaged mark shows everything again rather than nothing', async () => {
  await writeFile(join(bob.profile, 'seen.json'), '{"torn')
  expect(await heard(bob, '2')).toEqual(['for bob', 'fetched by chats'])
})

test('a message that another process had stored is not sent again', async () => {
  const opened = await openProfile(bob.profile)
  if (opened.kind !== 'open') throw new Error('nobody else has the profile')
  const { client } = opened
  const chat = client.findChat('@alice')
  const [last] = await client.history(chat, { limit: 1 })
  const { id } = await client.send(chat, 'stored before')
  const taken = bob.terminal()
  const hosted = { client, seen: await Seen.open(bob.profile), progress: { after: last!.id } }
  expect(await main(['send', '@alice', 'stored before', '--json'], taken, hosted)).toBe(exitCode.done)
  expect(taken.lines).toEqual([{ id, seq: expect.any(Number), chat }])
  const again = bob.terminal()
  const nothingStored = { ...hosted, progress: { after: id } }
  expect(await main(['send', '@alice', 'stored before', '--json'], again, nothingStored)).toBe(exitCode.done)
  expect(again.lines[0]!.id).not.toBe(id)
  await client.close()
})

test('while a short command has the profile another waits, and gives up when it is interrupted', async () => {
  const opened = await openProfile(bob.profile)
  if (opened.kind !== 'open') throw new Error('nobody else has the profile')
  const waiting = bob.json('whoami')
  const interrupted = bob.terminal()
  const given = main(['whoami', '--json'], interrupted)
  interrupted.interrupt()
  expect(await given).toBe(exitCode.interrupted)
  await opened.client.close()
  expect((await waiting).code).toBe(exitCode.done)
})

test('without a server: what is stored is shown with a word, the rest says why', async () => {
  await server.stop()
  const { code, out, err } = await bob.say('ru', 'history', '@alice', '--limit', '1')
  expect(code).toBe(exitCode.done)
  expect(out).toContain('Вы: stored before')
  expect(err).toBe(`${ru.says.offlineView}\n`)
  const sending = await bob.say('ru', 'send', '@alice', 'later')
  expect(sending).toMatchObject({
    code: exitCode.unreachable,
    err: `${ru.failures.message_kept('@alice')}\n`,
  })
  expect((await bob.say('ru', 'chats')).out).toContain(ru.says.waitingMessages(1))
  const policy = await bob.say('en', 'policy')
  expect(policy).toMatchObject({
    code: exitCode.unreachable,
    err: `${en.failures.unreachable(server.url)}\n`,
  })
  await using nobody = await Person.create('nobody')
  expect((await nobody.register(server.url)).code).toBe(exitCode.unreachable)
  expect((await nobody.register('ftp://somewhere')).code).toBe(exitCode.wrongUse)
})

test('Ctrl-C ends a command that waits for a server which does not answer', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  await using nobody = await Person.create('nobody')
  const terminal = nobody.terminal()
  const who = ['--handle', 'nobody', '--password-file', nobody.passwordFile]
  const registering = main(['register', '--server', `http://127.0.0.1:${port}`, ...who, '--json'], terminal)
  await once(silent, 'connection')
  terminal.interrupt()
  expect(await registering).toBe(exitCode.interrupted)
  expect(JSON.parse(terminal.err).error.reason).toBe('interrupted')
  silent.close()
})

test('a profile that is damaged, or no folder, ends with 5', async () => {
  const journals = ['device.journal', 'profile.key']
  for (const name of journals) {
    await using broken = await Person.create('broken')
    await broken.json('whoami')
    await writeFile(join(broken.profile, name), 'nonsense')
    const { code, err } = await broken.json('whoami')
    expect({ name, code }).toEqual({ name, code: exitCode.profile })
    expect(JSON.parse(err).error.reason).toBe('profile_damaged')
  }
  await using file = await Person.create('file')
  await writeFile(file.profile, '')
  const { code, err } = await file.json('whoami')
  expect(code).toBe(exitCode.profile)
  expect(JSON.parse(err).error.reason).toBe('profile_unusable')
})

test('marks are the user’s alone', async () => {
  expect((await stat(join(bob.profile, 'seen.json'))).mode & 0o777).toBe(0o600)
})

function listen(person: Person, ...options: readonly string[]) {
  const terminal = person.terminal()
  return { terminal, code: main(['listen', '--json', ...options], terminal) }
}

function isConnected({ err }: TestTerminal): boolean {
  return err.includes('"connected"')
}

async function everyCommand() {
  const lines = [['whoami'], ['device', 'list'], ['policy'], ['requests'], ['contacts'], ['chats']]
  const more = [['history', '@alice'], ['send', '@nobody', 'x'], ['admin', 'registration'], ['nonsense']]
  const outcomes = []
  for (const line of [...lines, ...more]) {
    outcomes.push(await bob.json(...line))
    outcomes.push(await bob.say('ru', ...line))
  }
  return outcomes
}

async function heard(person: Person, count: string): Promise<string[]> {
  const terminal = person.terminal()
  expect(await main(['listen', '--json', '--count', count, '--timeout', '60'], terminal)).toBe(exitCode.done)
  return texts(terminal)
}

function texts(terminal: TestTerminal): string[] {
  return terminal.lines.flatMap(({ type, text }) => (type === 'message' ? [String(text)] : []))
}
