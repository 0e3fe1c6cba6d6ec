/** Host and visitor together, over real sockets; where one of them is killed, in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DecodeError } from '@veche/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exitCode } from '../exit-code.ts'
import { TestTerminal } from '../testing/test-terminal.ts'
import { encodeFrame, maxRequestBytes, type Request } from './frames.ts'
import { type Host, hostVisitors, type RunCommand } from './host.ts'
import { visit } from './visit.ts'

const request: Request = { argv: ['send', '@bob', 'привет'], language: 'ru', columns: 100, colours: true }
let folder: string
let address: string
let host: Host | undefined
let terminal: TestTerminal

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  address = join(folder, 'socket')
  terminal = new TestTerminal()
})

afterEach(async () => {
  await host?.close()
  host = undefined
  await rm(folder, { recursive: true, force: true })
})

test('the host runs the command; output, errors and exit code come back', async () => {
  await open(async (argv, visitor, progress) => {
    await visitor.write(JSON.stringify({ argv, env: visitor.env, columns: visitor.columns, progress }))
    visitor.complain('oh')
    await visitor.write((await visitor.readInput(10)) ?? 'none')
    await visitor.write(String(await visitor.askHidden('?')))
    return 3
  })
  const whole = { ...request, input: 'text', progress: { shown: 2 } }
  expect(await visit(address, whole, terminal)).toEqual({ kind: 'done', code: 3 })
  const { argv, columns, progress } = whole
  expect(terminal.out).toBe(
    `${JSON.stringify({ argv, env: { VECHE_LANG: 'ru' }, columns, progress })}textundefined`,
  )
  expect(terminal.err).toBe('oh')
})

test('long output comes whole, in order, and cut between characters only', async () => {
  const text = `a${'😀'.repeat(500_000)}`
  await open(async (_, visitor) => {
    await visitor.write(text)
    return 0
  })
  await visit(address, request, terminal)
  expect(terminal.out === text).toBe(true)
})

test('several visitors are served at once', async () => {
  const waiting: (() => void)[] = []
  await open(async (argv, visitor) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (waiting.length === 5) for (const go of waiting) go()
    })
    await visitor.write(argv[0]!)
    return 0
  })
  const terminals = [1, 2, 3, 4, 5].map(() => new TestTerminal())
  await Promise.all(terminals.map((own, number) => visit(address, { ...request, argv: [`${number}`] }, own)))
  expect(terminals.map((own) => own.out)).toEqual(['0', '1', '2', '3', '4'])
})

test('the socket is the user’s alone, and goes with the host', async () => {
  await open(async () => 0)
  expect((await stat(address)).mode & 0o777).toBe(0o600)
  await host!.close()
  host = undefined
  await expect(stat(address)).rejects.toThrow('ENOENT')
})

test('nobody there: no socket, a stale one, or something else', async () => {
  expect(await visit(address, request, terminal)).toEqual({ kind: 'absent' })
  await writeFile(address, '')
  expect(await visit(address, request, terminal)).toEqual({ kind: 'absent' })
  await rm(address)
  await killedHost()
  expect((await stat(address)).isSocket()).toBe(true)
  expect(await visit(address, request, terminal)).toEqual({ kind: 'absent' })
})

test('a stale socket does not keep a new host away', async () => {
  await killedHost()
  await open(async () => 4)
  expect(await visit(address, request, terminal)).toEqual({ kind: 'done', code: 4 })
})

test('a host that is killed midway leaves its visitor with the progress so far', async () => {
  const child = await hostProcess()
  const visiting = visit(address, request, terminal)
  await terminal.until(({ out }) => out === 'working')
  child.kill('SIGKILL')
  expect(await visiting).toEqual({ kind: 'left', progress: { shown: 7 } })
})

test('a host that is killed once its text has arrived has said how far the command came with it', async () => {
  const child = await hostProcess("await visitor.write('working', { shown: 7, marks: { chat: 3 } })")
  const visiting = visit(address, request, terminal)
  await terminal.until(({ out }) => out === 'working')
  child.kill('SIGKILL')
  expect(await visiting).toEqual({ kind: 'left', progress: { shown: 7, marks: { chat: 3 } } })
})

test('a host that ends sends its visitors home, with their progress, after their commands have stopped', async () => {
  let hasStopped = false
  await open(async (_, visitor) => {
    visitor.report?.({ after: 'id' })
    await once(visitor.interrupted, 'abort')
    hasStopped = true
    return exitCode.interrupted
  })
  const visiting = visit(address, request, terminal)
  await untilServed()
  await host!.close()
  expect(hasStopped).toBe(true)
  expect(await visiting).toEqual({ kind: 'left', progress: { after: 'id' } })
})

test('a command that was done when the host ended is done', async () => {
  await open(async (_, visitor) => {
    await once(visitor.interrupted, 'abort')
    return exitCode.done
  })
  const visiting = visit(address, request, terminal)
  await untilServed()
  await host!.close()
  expect(await visiting).toEqual({ kind: 'done', code: 0 })
})

test('Ctrl-C at the visitor ends the command at the host, which says how', async () => {
  await open(async (_, visitor) => {
    await visitor.write('working')
    await once(visitor.interrupted, 'abort')
    await visitor.write(', stopped')
    return exitCode.interrupted
  })
  const visiting = visit(address, request, terminal)
  await terminal.until(({ out }) => out === 'working')
  terminal.interrupt()
  expect(await visiting).toEqual({ kind: 'done', code: exitCode.interrupted })
  expect(terminal.out).toBe('working, stopped')
})

test('a visitor that is killed ends its command', async () => {
  const ended = Promise.withResolvers<void>()
  await open(async (_, visitor) => {
    await once(visitor.interrupted, 'abort')
    await visitor.write('to nobody')
    ended.resolve()
    return 0
  })
  const socket = connect(address)
  socket.write(encodeFrame(request))
  await untilServed()
  socket.destroy()
  await ended.promise
})

test.each([
  ['no JSON', 'hello\n'],
  ['no request', '{"argv":1}\n'],
  ['a line without end', 'x'.repeat(maxRequestBytes + 1)],
])('a bad frame is refused by one answer: %s', async (_, bytes) => {
  await open(async () => {
    throw new Error('must not run')
  })
  const socket = connect(address)
  socket.on('error', () => {}) // the host may close before all is written
  socket.write(bytes)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk))
  await once(socket, 'close')
  expect(answer).toBe('{"kind":"bad"}\n')
})

test('a visitor that leaves without a word is no matter', async () => {
  await open(async () => 5)
  connect(address).end()
  expect(await visit(address, request, terminal)).toEqual({ kind: 'done', code: 5 })
})

test('answers that are none are a DecodeError; no answer at all is a host that ended', async () => {
  for (const [reply, outcome] of [
    ['nonsense\n', DecodeError],
    ['{"kind":"bad"}\n', DecodeError],
    ['', { kind: 'left', progress: undefined }],
  ] as const) {
    const other = createServer((socket) => socket.resume().end(reply)).listen(address)
    await once(other, 'listening')
    const visiting = visit(address, request, terminal)
    await (outcome === DecodeError
      ? expect(visiting).rejects.toThrow(DecodeError)
      : expect(visiting).resolves.toEqual(outcome))
    other.close()
    await once(other, 'close')
  }
})

let served = 0

async function open(run: RunCommand): Promise<void> {
  served = 0
  host = await hostVisitors(address, (...given) => {
    served += 1
    return run(...given)
  })
}

async function untilServed(): Promise<void> {
  while (served === 0) await new Promise((resolve) => setImmediate(resolve))
}

/** A host in a process of its own, which works without end. @param work what it does first */
async function hostProcess(work = "visitor.report({ shown: 7 }); await visitor.write('working')") {
  const module = new URL('./host.ts', import.meta.url).href
  const program = `
    import { hostVisitors } from ${JSON.stringify(module)}
    await hostVisitors(${JSON.stringify(address)}, async (argv, visitor) => {
      ${work}
      return new Promise(() => {})
    })
    console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  return child
}

async function killedHost(): Promise<void> {
  const child = await hostProcess()
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
