/**
 * What two `veche` processes say to each other over a profile's socket: one JSON value a line. The visitor, who
 * found the profile taken, sends one Request; the host, who has it, answers with any number of Answers and ends
 * with `exit` or `leaving`. The visitor ends its half of the connection to interrupt the command.
 */
import { DecodeError } from '@veche/protocol'

/** A text of 256 KiB with every character escaped, and its arguments. */
export const maxRequestBytes = 2 * 1024 * 1024
export const maxAnswerBytes = 1024 * 1024
const maxArguments = 100

export interface Request {
  /** The command line after `veche`. */
  readonly argv: readonly string[]
  readonly language: string
  readonly columns: number
  readonly colours: boolean
  /** Standard input, when the command reads it. */
  readonly input?: string
  /** How far another host had come with this command before it ended. */
  readonly progress?: Progress
}

/** How far a command has come; what it needs to be taken up by another process. */
export interface Progress {
  /** `listen`: how many of what --count speaks of were shown. */
  readonly shown?: number
  /** `listen`: what was shown, as in seen.ts; a later report adds to the earlier. */
  readonly marks?: Readonly<Record<string, number>>
  /** `send`: the chat's last message before this one was stored; empty when there was none. */
  readonly after?: string
}

export function joinProgress(before: Progress | undefined, later: Progress): Progress {
  const marks = (before?.marks ?? later.marks) ? { marks: { ...before?.marks, ...later.marks } } : {}
  return { ...before, ...later, ...marks }
}

export type Answer =
  /** `progress`: how far the command has come with this text. */
  | { readonly kind: 'out'; readonly text: string; readonly progress?: Progress }
  | { readonly kind: 'err'; readonly text: string }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'exit'; readonly code: number }
  /** The host ends; the visitor continues by itself. */
  | { readonly kind: 'leaving' }
  /** The request was no Request. */
  | { readonly kind: 'bad' }

export function encodeFrame(frame: Request | Answer): string {
  return `${JSON.stringify(frame)}\n`
}

/** @throws DecodeError */
export function decodeRequest(line: string): Request {
  const { argv, language, columns, colours, input, progress } = decodeObject(line, 'request')
  if (!Array.isArray(argv) || argv.length > maxArguments || !argv.every(isString)) {
    throw new DecodeError('request: argv is no short list of texts')
  }
  if (!isString(language) || !isCount(columns)) throw new DecodeError('request: language or columns')
  if (typeof colours !== 'boolean') throw new DecodeError('request: colours are neither true nor false')
  if (input !== undefined && !isString(input)) throw new DecodeError('request: input is no text')
  return {
    argv,
    language,
    columns,
    colours,
    ...(input === undefined ? {} : { input }),
    ...(progress === undefined ? {} : { progress: decodeProgress(progress) }),
  }
}

/** @throws DecodeError */
export function decodeAnswer(line: string): Answer {
  const answer = decodeObject(line, 'answer')
  switch (answer.kind) {
    case 'out':
    case 'err': {
      const { kind, text, progress } = answer
      if (!isString(text)) throw new DecodeError('answer: text is no text')
      if (kind === 'err' || progress === undefined) return { kind, text }
      return { kind, text, progress: decodeProgress(progress) }
    }
    case 'progress':
      return { kind: 'progress', progress: decodeProgress(answer.progress) }
    case 'exit':
      if (!isCount(answer.code) || answer.code > 255) throw new DecodeError('answer: code is no exit code')
      return { kind: 'exit', code: answer.code }
    case 'leaving':
    case 'bad':
      return { kind: answer.kind }
    default:
      throw new DecodeError('answer: unknown kind')
  }
}

/**
 * The lines of a stream of bytes; an unfinished last one is dropped.
 * @throws DecodeError as soon as a line is longer than `maxBytes`
 */
export async function* lines(stream: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  for await (const chunk of stream) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      const piece = chunk.subarray(start, end)
      if (pendingBytes + piece.length > maxBytes) throw new DecodeError('frame: too long')
      yield Buffer.concat([...pending, piece]).toString('utf8')
      pending = []
      pendingBytes = 0
      start = end + 1
    }
    pending.push(chunk.subarray(start))
    pendingBytes += chunk.length - start
    if (pendingBytes > maxBytes) throw new DecodeError('frame: too long')
  }
}

function decodeProgress(value: unknown): Progress {
  if (typeof value !== 'object' || value === null) throw new DecodeError('progress: no object')
  const { shown, marks, after } = value as Record<string, unknown>
  if (shown !== undefined && !isCount(shown)) throw new DecodeError('progress: shown is no count')
  if (marks !== undefined && !isMarks(marks)) throw new DecodeError('progress: marks are no positions')
  if (after !== undefined && !isString(after)) throw new DecodeError('progress: after is no text')
  return {
    ...(shown === undefined ? {} : { shown }),
    ...(marks === undefined ? {} : { marks }),
    ...(after === undefined ? {} : { after }),
  }
}

function decodeObject(line: string, what: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new DecodeError(`${what}: not JSON`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError(`${what}: no object`)
  }
  return value as Record<string, unknown>
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isMarks(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && Object.values(value).every(isCount)
}
