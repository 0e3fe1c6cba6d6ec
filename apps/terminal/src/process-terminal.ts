/** The terminal that a process was started in. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { ReadStream, WriteStream } from 'node:tty'
import type { Terminal } from './terminal.ts'

/** What is needed of `process`. */
export interface Process {
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream & { readonly columns?: number; readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream
  once(signal: NodeJS.Signals, listener: () => void): unknown
}

export function processTerminal(process: Process): Terminal {
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interruption.abort(signal)) // once: a second one ends the process as usual
  }
  // Whoever read the output went away (`veche listen | head -1`): nobody is left to work for.
  process.stdout.on('error', () => interruption.abort('SIGPIPE'))
  let input: Promise<string | undefined> | undefined
  const { stdin, stdout } = process
  const isTty = stdin instanceof ReadStream && stdout instanceof WriteStream
  return {
    ...(isTty && { tty: { input: stdin, output: stdout } }),
    env: process.env,
    columns: process.stdout.columns ?? 80,
    colours: hasColours(process),
    interrupted: interruption.signal,
    write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
    complain: (text) => void process.stderr.write(text),
    readInput(maxBytes) {
      input ??= readAll(process.stdin, maxBytes)
      return input
    },
    askHidden: (question) => ask(question, process, interruption, nowhere()),
    ask: (question) => ask(question, process, interruption, process.stderr),
  }
}

/** NO_COLOR as on no-color.org: set to anything but an empty text. */
function hasColours({ env, stdout }: Process): boolean {
  return stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}

async function readAll(stream: NodeJS.ReadableStream, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** For what is typed and not to be seen: the line editor works as usual, but what it shows goes nowhere. */
function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}

/** @param output what is typed is shown there */
function ask(
  question: string,
  { stdin, stderr }: Process,
  interruption: AbortController,
  output: NodeJS.WritableStream,
): Promise<string | undefined> {
  if (!stdin.isTTY) return Promise.resolve(undefined)
  stderr.write(question)
  const editor = createInterface({ input: stdin, output, terminal: true })
  return new Promise((resolve) => {
    editor.once('SIGINT', () => {
      interruption.abort('SIGINT')
      editor.close()
    })
    editor.once('line', (answer) => {
      resolve(answer)
      editor.close()
    })
    editor.once('close', () => {
      stderr.write('\n')
      resolve(undefined)
    })
  })
}
