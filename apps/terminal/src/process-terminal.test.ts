import { EventEmitter, once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { beforeEach, expect, test } from 'vitest'
import { processTerminal } from './process-terminal.ts'
import type { Terminal } from './terminal.ts'

/** A process with streams that the test holds; the keyboard is a stream like another. */
class PlayedProcess extends EventEmitter {
  readonly env = { LANG: 'ru' }
  readonly stdin = Object.assign(new PassThrough(), { isTTY: false })
  readonly stdout = Object.assign(new PassThrough(), { columns: 100 })
  readonly stderr = new PassThrough()
}

let process: PlayedProcess
let terminal: Terminal

beforeEach(() => {
  process = new PlayedProcess()
  terminal = processTerminal(process)
})

test('text goes to the right stream', async () => {
  await terminal.write('out')
  terminal.complain('err')
  expect(String(process.stdout.read())).toBe('out')
  expect(String(process.stderr.read())).toBe('err')
  expect(terminal.columns).toBe(100)
  expect(terminal.env).toBe(process.env)
})

test('colours are for terminals, and for people who want them', () => {
  const coloursOf = (isTTY: boolean, env: Record<string, string>) =>
    processTerminal(
      Object.assign(new PlayedProcess(), { env, stdout: Object.assign(new PassThrough(), { isTTY }) }),
    ).colours
  expect(coloursOf(true, {})).toBe(true)
  expect(coloursOf(true, { NO_COLOR: '' })).toBe(true)
  expect(coloursOf(false, {})).toBe(false)
  expect(coloursOf(true, { NO_COLOR: '1' })).toBe(false)
  expect(coloursOf(true, { TERM: 'dumb' })).toBe(false)
})

test('standard input is read once, for whoever asks', async () => {
  process.stdin.end('строка\n')
  expect(await terminal.readInput(100)).toBe('строка\n')
  expect(await terminal.readInput(100)).toBe('строка\n')
})

test('too much input is refused before it is all there', async () => {
  process.stdin.write('x'.repeat(101))
  expect(await terminal.readInput(100)).toBeUndefined()
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s interrupts; a second one is not caught', (signal) => {
  process.emit(signal)
  expect(terminal.interrupted.aborted).toBe(true)
  expect(process.listenerCount(signal)).toBe(0)
})

test('output that nobody reads interrupts, and writing still ends', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
  terminal = processTerminal(Object.assign(process, { stdout: broken }))
  await terminal.write('to nobody')
  if (!terminal.interrupted.aborted) await once(terminal.interrupted, 'abort')
})

test('a secret is asked for where somebody can answer, and not shown', async () => {
  process.stdin.isTTY = true
  const asking = terminal.askHidden('Password: ')
  process.stdin.write('s3cret\n')
  expect(await asking).toBe('s3cret')
  expect(String(process.stderr.read())).toBe('Password: \n')
  expect(process.stdout.read()).toBeNull()
})

test('a secret can be corrected while it is typed', async () => {
  process.stdin.isTTY = true
  const asking = terminal.askHidden('Password: ')
  process.stdin.write('ab\u007fc\r')
  expect(await asking).toBe('ac')
})

test('Ctrl-C and the end of input answer a secret by nothing', async () => {
  process.stdin.isTTY = true
  const asking = terminal.askHidden('Password: ')
  process.stdin.write('half\u0003')
  expect(await asking).toBeUndefined()
  expect(terminal.interrupted.aborted).toBe(true)
  const again = terminal.askHidden('Password: ')
  process.stdin.end()
  expect(await again).toBeUndefined()
})

test('without a terminal nobody is asked', async () => {
  expect(await terminal.askHidden('Password: ')).toBeUndefined()
  expect(process.stderr.read()).toBeNull()
})
