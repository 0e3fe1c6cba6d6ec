/**
 * The side of the process that has a profile: it runs the commands of others on its own client, so that there is
 * never a second writer. Each visitor's command has a Terminal whose other end is the visitor's.
 */
import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { DecodeError } from '@veche/protocol'
import { exitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import {
  type Answer,
  decodeRequest,
  encodeFrame,
  lines,
  maxRequestBytes,
  type Progress,
  type Request,
} from './frames.ts'

const maxVisitors = 32
/** A visitor sends its request at once. */
const requestTimeoutMs = 10_000
/** Well below the longest frame, whatever JSON makes of the characters. */
const maxOutputCharacters = 64 * 1024

/** Why a visitor's command is interrupted when its host ends. */
export const leaving = 'leaving'

/** Runs a visitor's command line to its exit code; never throws. */
export type RunCommand = (argv: readonly string[], terminal: Terminal, progress?: Progress) => Promise<number>

export interface Host {
  /** Sends the visitors home, each to take up its command by itself, and waits until theirs have ended here. */
  close(): Promise<void>
}

/**
 * Listens at `address`, which is this process's alone: whoever has the profile's lock may take away what a killed
 * process left there.
 */
export async function hostVisitors(address: string, run: RunCommand): Promise<Host> {
  const ending = new AbortController()
  const visits = new Set<Promise<void>>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const visit = receive(socket, run, ending.signal).finally(() => visits.delete(visit))
    visits.add(visit)
  })
  server.maxConnections = maxVisitors
  const isFile = !address.startsWith('\\\\')
  if (isFile) await rm(address, { force: true })
  server.listen(address)
  await once(server, 'listening')
  if (isFile) await chmod(address, 0o600)
  return {
    async close() {
      const closed = once(server, 'close')
      server.close() // takes the socket file away with it
      ending.abort(leaving)
      await Promise.all(visits)
      await closed
    },
  }
}

async function receive(socket: Socket, run: RunCommand, ending: AbortSignal): Promise<void> {
  const send = (answer: Answer) => socket.writable && socket.write(encodeFrame(answer))
  socket.on('error', () => {}) // a visitor that went away; `close` follows
  socket.setTimeout(requestTimeoutMs, () => socket.destroy())
  try {
    const request = await readRequest(socket)
    if (request === undefined) return
    socket.setTimeout(0)
    const gone = new AbortController()
    socket.once('end', () => gone.abort()).once('close', () => gone.abort())
    socket.resume() // nothing more is expected but its end
    const interrupted = AbortSignal.any([gone.signal, ending])
    const code = await run(request.argv, visitorTerminal(socket, request, interrupted), request.progress)
    const isCut = code === exitCode.interrupted && !gone.signal.aborted
    send(isCut ? { kind: 'leaving' } : { kind: 'exit', code })
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    send({ kind: 'bad' })
  } finally {
    socket.end()
    socket.destroySoon()
  }
}

/** @returns undefined when the visitor went away before it had said anything */
async function readRequest(socket: Socket): Promise<Request | undefined> {
  const reading = lines(socket.iterator({ destroyOnReturn: false }), maxRequestBytes)
  try {
    const { value, done } = await reading.next()
    return done ? undefined : decodeRequest(value)
  } catch (error) {
    if (error instanceof DecodeError) throw error
    return undefined // the connection broke
  } finally {
    await reading.return(undefined)
  }
}

function visitorTerminal(socket: Socket, request: Request, interrupted: AbortSignal): Terminal {
  const send = async (answer: Answer) => {
    if (socket.writable && !socket.write(encodeFrame(answer))) {
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
    }
  }
  return {
    env: { VECHE_LANG: request.language },
    columns: request.columns,
    colours: request.colours,
    interrupted,
    async write(text, progress) {
      const whole = [...pieces(text)]
      const last = whole.pop() ?? ''
      for (const piece of whole) await send({ kind: 'out', text: piece })
      await send({ kind: 'out', text: last, ...(progress && { progress }) })
    },
    complain: (text) => void send({ kind: 'err', text }),
    report: (progress) => void send({ kind: 'progress', progress }),
    readInput: async () => request.input,
    askHidden: async () => undefined,
  }
}

/** Parts that end between characters: half of a surrogate pair would be lost in writing. */
function* pieces(text: string): Generator<string> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = Math.min(start + maxOutputCharacters, text.length)
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1
    yield text.slice(start, end)
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}
