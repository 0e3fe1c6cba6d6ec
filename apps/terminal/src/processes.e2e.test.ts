/** The command as processes: without a server, beside each other on one profile, killed midway. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VECHE, veche, vecheOk } from '@veche/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { TestServer } from './testing/test-server.ts'

let server: TestServer
/** Profiles; a private chat is open between them. */
let alice: string
let bob: string

beforeAll(async () => {
  server = await TestServer.start()
  const { folder } = server
  alice = join(folder, 'alice')
  // So deep that its socket does not fit.
  bob = join(folder, 'b'.repeat(60), 'o'.repeat(60), 'b')
  await register(alice, 'alice', server.administratorCode)
  const { code } = await vecheOk(alice, ['admin', 'invite', 'create'])
  await register(bob, 'bob', String(code))
  await vecheOk(bob, ['request', '@alice'])
  await vecheOk(alice, ['requests', 'allow', '@bob'])
  await vecheOk(bob, ['chats'])
})

afterAll(() => server?.[Symbol.asyncDispose]())

beforeEach(async () => {
  const { lines } = await veche(bob, ['history', '@alice', '--limit', '1'])
  lastRead = Number(lines.at(-1)?.seq ?? 0)
})

let lastRead = 0

test('F1 without a server a message is kept, said so, and sent by the next run, in order', async () => {
  await server.stop()
  for (const text of ['first', 'second']) {
    const kept = await veche(alice, ['send', '@bob', text])
    expect(kept.code).toBe(exitCode.unreachable)
    expect(JSON.parse(kept.stderr).error).toMatchObject({ reason: 'message_kept', id: expect.any(String) })
    expect(kept.stdout).toBe('')
  }
  const offline = await veche(alice, ['history', '@bob', '--limit', '2'])
  expect(offline.lines.map(({ text, state }) => [text, state])).toEqual([
    ['first', 'waiting'],
    ['second', 'waiting'],
  ])
  expect((await veche(alice, ['policy'])).code).toBe(exitCode.unreachable)
  expect((await veche(alice, ['whoami'])).code).toBe(exitCode.done)
  await server.startAgain()
  await vecheOk(alice, ['send', '@bob', 'third'])
  expect(await textsSince()).toEqual(['first', 'second', 'third'])
})

test('send while listen runs on the same profile goes through it', async () => {
  const listening = await Listening.start(bob)
  const sent = await veche(bob, ['send', '@alice', 'through the listener'])
  expect(sent.code).toBe(exitCode.done)
  expect(sent.lines[0]).toMatchObject({ seq: expect.any(Number) })
  expect((await veche(bob, ['send', '@alice', '-'], 'from its input\n')).code).toBe(exitCode.done)
  expect((await veche(bob, ['send', '@carol', 'x'])).code).toBe(exitCode.wrongUse)
  expect((await veche(bob, ['nonsense'])).code).toBe(exitCode.wrongUse)
  expect(await textsSince()).toEqual(['through the listener', 'from its input'])
  await listening.end('SIGINT')
})

test('a second listen on the same profile shows the same, and goes on when the first is killed', async () => {
  const first = await Listening.start(bob)
  const second = await Listening.start(bob, '--count', '2', '--timeout', '60')
  await vecheOk(alice, ['send', '@bob', 'for both'])
  await second.until('for both')
  await first.end('SIGKILL')
  const closed = once(second.child, 'close')
  await vecheOk(alice, ['send', '@bob', 'for the second'])
  await closed
  expect(second.child.exitCode).toBe(exitCode.done)
  expect(second.texts).toEqual(['for both', 'for the second'])
})

test('a listener that is interrupted ends with 130 and leaves the profile free', async () => {
  const listening = await Listening.start(bob)
  expect(await listening.end('SIGINT')).toBe(exitCode.interrupted)
  expect((await veche(bob, ['whoami'])).code).toBe(exitCode.done)
})

test('F16 commands beside a listener that is killed again and again: each message goes out once', async () => {
  const texts = Array.from({ length: 6 }, (_, number) => `message ${number}`)
  const sending = (async () => {
    for (const text of texts) {
      const { code, stderr } = await veche(bob, ['send', '@alice', text])
      expect(code, stderr).toBe(exitCode.done)
    }
  })()
  for (const afterMs of [0, 90, 200, 350]) {
    const listening = await Listening.start(bob)
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    await listening.end('SIGKILL')
  }
  await sending
  expect(await textsSince()).toEqual(texts)
})

test('many short commands on one profile wait for each other', async () => {
  const texts = ['one', 'two', 'three', 'four']
  const codes = await Promise.all(
    texts.map(async (text) => (await veche(bob, ['send', '@alice', text])).code),
  )
  expect(codes).toEqual([0, 0, 0, 0])
  expect((await textsSince()).sort()).toEqual([...texts].sort())
})

async function register(profile: string, handle: string, code: string): Promise<void> {
  const passwordFile = join(server.folder, `${handle}.password`)
  await writeFile(passwordFile, `the password of ${handle}`)
  const who = ['--handle', handle, '--password-file', passwordFile, '--invite', code]
  await vecheOk(profile, ['register', '--server', server.url, ...who])
}

/** What stands in the chat after what was there when the test began, as Alice has it. */
async function textsSince(): Promise<string[]> {
  const { lines } = await veche(alice, ['history', '@bob', '--limit', '100'])
  return lines.filter(({ seq }) => Number(seq) > lastRead).map(({ text }) => String(text))
}

/** `veche listen` as a process. */
class Listening {
  readonly child: ChildProcess
  #out = ''
  #err = ''

  /** Resolves once it is connected. */
  static async start(profile: string, ...options: readonly string[]): Promise<Listening> {
    const listening = new Listening(profile, options)
    while (!listening.#err.includes('"connected"')) await once(listening.child.stderr!, 'data')
    return listening
  }

  private constructor(profile: string, options: readonly string[]) {
    const args = [VECHE, '--profile', profile, 'listen', ...options, '--json']
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout!.on('data', (chunk: Buffer) => (this.#out += chunk))
    this.child.stderr!.on('data', (chunk: Buffer) => (this.#err += chunk))
  }

  /** Of the messages shown so far. */
  get texts(): string[] {
    const lines = this.#out.split('\n').filter((line) => line !== '')
    return lines
      .map((line) => JSON.parse(line))
      .flatMap(({ type, text }) => (type === 'message' ? [text] : []))
  }

  async until(text: string): Promise<void> {
    while (!this.texts.includes(text)) await once(this.child.stdout!, 'data')
  }

  /** @returns the exit code; null when the signal ended it */
  async end(signal: 'SIGINT' | 'SIGKILL'): Promise<number | null> {
    const closed = once(this.child, 'close')
    this.child.kill(signal)
    await closed
    return this.child.exitCode
  }
}
