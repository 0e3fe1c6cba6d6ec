/**
 * One connection to a server that is not believed: what comes is bounded in size and time, nothing is followed, decoded or
 * kept, and whatever goes wrong is told and not thrown.
 */
import { Agent as HttpAgent, request as requestHttp } from 'node:http'
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Readable } from 'node:stream'
import type { SecureContextOptions } from 'node:tls'
import type { Served, Silence } from './compare-answer.ts'

export interface Ask {
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly maxBytes: number
  /** For the whole answer. */
  readonly timeoutMs: number
}

export type Answer = { readonly kind: 'served'; readonly served: Served } | Silent

export interface Silent {
  readonly kind: 'silent'
  readonly why: Silence
}

export interface Connection extends Disposable {
  get(ask: Ask): Promise<Answer>
}

/** @param trust whom to believe that it is the server */
export function openConnection(
  server: URL,
  protocol: 'HTTP/1.1' | 'HTTP/2',
  trust: SecureContextOptions,
): Connection {
  return protocol === 'HTTP/2' ? openHttp2(server, trust) : openHttp1(server, trust)
}

/** A server may end it between two requests; the next one opens another. */
function openHttp1(server: URL, trust: SecureContextOptions): Connection {
  const kept = { keepAlive: true, maxSockets: 1 }
  const isTls = server.protocol === 'https:'
  const agent = isTls
    ? new HttpsAgent({ ...kept, ...trust, ALPNProtocols: ['http/1.1'] })
    : new HttpAgent(kept)
  const request = isTls ? requestHttps : requestHttp
  return {
    get: (ask) =>
      receive(ask, (take) => {
        const asked = request(new URL(server), { path: ask.url, headers: ask.headers, agent })
        asked.on('information', () => take.hint())
        asked.on('response', (response) => {
          take.head(response.statusCode ?? 0, response.rawHeaders)
          take.body(response)
          response.on('close', () => take.end(response.complete))
        })
        asked.on('error', () => take.end(false))
        asked.end()
        return () => asked.destroy()
      }),
    [Symbol.dispose]: () => agent.destroy(),
  }
}

function openHttp2(server: URL, trust: SecureContextOptions): Connection {
  const session = connectHttp2(server, { ...trust, settings: { enablePush: false } })
  session.on('error', () => {}) // every request of it hears of that
  return {
    get: (ask) =>
      receive(ask, (take) => {
        if (session.closed || session.destroyed) {
          take.end(false)
          return () => {}
        }
        const headers: OutgoingHttpHeaders = { ':path': ask.url, ...ask.headers }
        const stream = session.request(headers, { endStream: true })
        stream.on('headers', () => take.hint())
        stream.on('response', ({ ':status': status }, _flags, rawHeaders) =>
          take.head(status ?? 0, rawHeaders),
        )
        take.body(stream)
        stream.on('error', () => take.end(false))
        stream.on('close', () => take.end(stream.rstCode === 0 && stream.readableEnded))
        return () => stream.destroy()
      }),
    [Symbol.dispose]: () => session.destroy(),
  }
}

/** The parts of an answer as they come. */
interface Take {
  hint(): void
  head(status: number, rawHeaders: readonly string[]): void
  body(stream: Readable): void
  end(isWhole: boolean): void
}

/** @param begin asks, and gives back what breaks the exchange off */
function receive({ maxBytes, timeoutMs }: Ask, begin: (take: Take) => () => void): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  let isHinted = false
  let head: Pick<Served, 'status' | 'headers'> | undefined
  const chunks: Buffer[] = []
  let bytes = 0
  let isDone = false
  let breakOff: (() => void) | undefined
  const finish = (answer: Answer) => {
    if (isDone) return
    isDone = true
    clearTimeout(timer)
    resolve(answer)
    if (answer.kind === 'silent') breakOff?.()
  }
  const timer = setTimeout(() => finish({ kind: 'silent', why: 'too_slow' }), timeoutMs)
  breakOff = begin({
    hint: () => {
      isHinted = true
    },
    head: (status, rawHeaders) => {
      head = { status, headers: byName(rawHeaders) }
    },
    body: (stream) =>
      void stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes > maxBytes) finish({ kind: 'silent', why: 'too_long' })
      }),
    end: (isWhole) => {
      if (!isWhole || head === undefined) return finish({ kind: 'silent', why: 'broken' })
      finish({ kind: 'served', served: { ...head, body: Buffer.concat(chunks), isHinted } })
    },
  })
  return promise
}

function byName(rawHeaders: readonly string[]): Served['headers'] {
  const headers = new Map<string, string[]>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    if (name.startsWith(':')) continue
    const values = headers.get(name)
    if (values) values.push(rawHeaders[at + 1]!)
    else headers.set(name, [rawHeaders[at + 1]!])
  }
  return headers
}
