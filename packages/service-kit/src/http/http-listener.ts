/**
 * One port for HTTP/1.1 and HTTP/2, told apart by the first bytes: an HTTP/2 client begins with the preface
 * `PRI * HTTP/2.0…` (RFC 9113 section 3.4), which no HTTP/1.1 request does. With a certificate the port speaks TLS, which
 * begins with a byte that neither does; in plain text it then serves this machine alone, and shows all others the way.
 *
 * States: open → draining (no new connections; calls that run may end) → closed.
 */
import { once } from 'node:events'
import {
  createServer as createHttp1,
  type Server as Http1Server,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import {
  createServer as createHttp2,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTls, type Server as TlsServer } from 'node:tls'
import type { KeyPair } from '../tls/tls-source.ts'
import { guardBody } from './body-deadline.ts'
import { defaultHttpLimits, type HttpLimits } from './http-limits.ts'
import type { HttpHandler } from './http-message.ts'
import { lacksHost, pointToTls, refuse, refuseUnreadable, setSecurityHeaders } from './refusals.ts'
import type { StrictTransport } from './security-headers.ts'
import { guardSession } from './session-guard.ts'

export interface HttpListenerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly handler: HttpHandler
  readonly limits?: Partial<HttpLimits>
  /** All connections come from a proxy of the operator's. */
  readonly behindProxy?: boolean
  readonly tls?: KeyPair
  /** Who may speak plain text though there is a certificate: this machine, by default. */
  readonly mayBePlain?: (address: string) => boolean
  /** Answers those who come in plain text and may not: where to go instead, by default. */
  readonly signpost?: Signpost
  /** `over-tls` by default. */
  readonly strictTransport?: StrictTransport
}

/** What is asked was read on the way, and so is what is answered. */
export type Signpost = (request: IncomingMessage, response: ServerResponse) => void

const preface = 'PRI * HTTP/2.0'
/** The type of a TLS record that holds a handshake (RFC 8446 section 5.1). */
const tlsHandshake = 22
const alpn = ['h2', 'http/1.1']
/** What an authority of certificates asks by, when a name is to be proved on this port (RFC 8737). */
const proofProtocol = 'acme-tls/1'
const recordHeadBytes = 5
const maxRecordBytes = recordHeadBytes + 2 ** 14

export class HttpListener implements AsyncDisposable {
  readonly #limits: HttpLimits
  readonly #behindProxy: boolean
  readonly #http1: Http1Server
  readonly #http2: Http2Server
  readonly #net: Server
  readonly #tls: TlsServer | undefined
  /** For those who come in plain text and may not. */
  readonly #signpost: Http1Server
  readonly #mayBePlain: (address: string) => boolean
  #proof: TlsServer | undefined
  readonly #sockets = new Set<Socket>()
  /** Connected, and not yet known to speak HTTP/1.1 or HTTP/2. */
  readonly #undecided = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #perAddress = new Map<string, number>()

  /** Resolves when it listens. @throws NodeJS.ErrnoException, EADDRINUSE where the port is taken */
  static async open(options: HttpListenerOptions): Promise<HttpListener> {
    const listener = new HttpListener(options)
    listener.#net.listen({ host: options.host, port: options.port })
    await once(listener.#net, 'listening')
    return listener
  }

  private constructor(options: HttpListenerOptions) {
    this.#limits = { ...defaultHttpLimits, ...options.limits }
    this.#behindProxy = options.behindProxy ?? false
    const { handler, signpost = pointToTls, strictTransport = 'over-tls' } = options
    const prepare: HttpHandler = (request, response) => {
      guardBody(request, this.#limits)
      setSecurityHeaders(request, response, strictTransport)
    }
    this.#http1 = createHttp1Server(this.#limits, prepare, handler)
    this.#http2 = createHttp2Server(this.#limits, prepare, handler)
    this.#http2.on('session', (session) => this.#adopt(session))
    const promiseNothing: HttpHandler = (...exchange) => setSecurityHeaders(...exchange, 'never')
    this.#signpost = createHttp1Server(this.#limits, promiseNothing, signpost)
    this.#mayBePlain = options.tls === undefined ? () => true : (options.mayBePlain ?? isLoopback)
    this.#tls = options.tls && this.#createTls(options.tls)
    this.#net = createServer((socket) => this.#accept(socket))
    this.#net.maxConnections = this.#limits.maxConnections
  }

  get port(): number {
    return (this.#net.address() as AddressInfo).port
  }

  /** New connections are proved by this pair; those that stand go on. */
  renew(pair: KeyPair): void {
    this.#tls?.setSecureContext(pair)
  }

  /** Shows this pair to an authority that asks for the proof of a name, until it is called with none. */
  showProof(pair: KeyPair | undefined): void {
    const options = {
      ...pair,
      ALPNProtocols: [proofProtocol],
      handshakeTimeout: this.#limits.headersTimeoutMs,
    }
    this.#proof = pair && createTls(options, (socket) => socket.on('error', () => {}).end())
    this.#proof?.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  /** Takes no more connections and calls; resolves when those that run have ended, or at the deadline. */
  async drain(timeoutMs: number): Promise<void> {
    const closed = new Promise((resolve) => this.#net.close(resolve))
    this.#http1.closeIdleConnections()
    for (const socket of this.#undecided) socket.destroy()
    for (const session of this.#sessions) session.close()
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, timeoutMs)
    const idle = setInterval(() => this.#http1.closeIdleConnections(), 50)
    await Promise.race([closed, late])
    clearTimeout(timer)
    clearInterval(idle)
  }

  /** Cuts off whatever is left. */
  async close(): Promise<void> {
    this.#net.close()
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) socket.destroy()
    for (const server of [this.#http1, this.#http2, this.#signpost]) server.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #adopt(session: ServerHttp2Session): void {
    this.#sessions.add(session)
    session.once('close', () => this.#sessions.delete(session))
    guardSession(session, this.#limits)
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const connections = (this.#perAddress.get(address) ?? 0) + 1
    socket.on('error', () => {}) // a peer that vanishes is no event of ours
    if (!this.#behindProxy && connections > this.#limits.maxConnectionsPerAddress)
      return void socket.destroy()
    this.#perAddress.set(address, connections)
    this.#sockets.add(socket)
    socket.once('close', () => this.#forget(socket, address))
    socket.setNoDelay(true)
    this.#tellApart(socket, address)
  }

  /** It never listens itself. A handshake that is late or goes wrong ends its connection, which is all there is to it. */
  #createTls(pair: KeyPair): TlsServer {
    const handshakeTimeout = this.#limits.headersTimeoutMs
    const options = { ...pair, ALPNProtocols: alpn, minVersion: 'TLSv1.2', handshakeTimeout } as const
    const server = createTls(options, (socket) => {
      socket.on('error', () => {})
      const spoken = socket.alpnProtocol === 'h2' ? this.#http2 : this.#http1
      spoken.emit('connection', socket)
    })
    return server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  #forget(socket: Socket, address: string): void {
    this.#sockets.delete(socket)
    const left = (this.#perAddress.get(address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(address, left)
    else this.#perAddress.delete(address)
  }

  #tellApart(socket: Socket, address: string): void {
    const timer = setTimeout(() => socket.destroy(), this.#limits.headersTimeoutMs)
    const decide = () => {
      clearTimeout(timer)
      this.#undecided.delete(socket)
    }
    this.#undecided.add(socket)
    socket.once('close', decide)
    let head = Buffer.alloc(0)
    const look = () => {
      const chunk: Buffer | null = socket.read()
      if (chunk === null) return
      head = Buffer.concat([head, chunk])
      const server = this.#serverFor(head, address)
      if (server === undefined) return
      socket.off('readable', look)
      decide()
      socket.unshift(head)
      server.emit('connection', socket)
      // HTTP/1.1 sees what was unshifted once it reads; the socket was paused by `readable`.
      if (server === this.#http1 || server === this.#signpost) socket.resume()
    }
    socket.on('readable', look)
  }

  /** The protocols that are asked for stand in the first record, in the clear. */
  #whoAsks(head: Buffer, proof: TlsServer): TlsServer | undefined {
    const bytes = head.length < recordHeadBytes ? maxRecordBytes : recordHeadBytes + head.readUInt16BE(3)
    if (head.length < Math.min(bytes, maxRecordBytes)) return undefined
    return head.includes(`\x0a${proofProtocol}`, 0, 'latin1') ? proof : this.#tls
  }

  /** Undefined where more bytes are needed to tell. */
  #serverFor(head: Buffer, address: string): Http1Server | Http2Server | TlsServer | undefined {
    if (this.#tls && head[0] === tlsHandshake)
      return this.#proof ? this.#whoAsks(head, this.#proof) : this.#tls
    if (!this.#mayBePlain(address)) return this.#signpost
    const begins = head.toString('latin1', 0, preface.length)
    if (begins.length < preface.length && preface.startsWith(begins)) return undefined
    return begins === preface ? this.#http2 : this.#http1
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

/** @param prepare does to every exchange what is done to all, before it is handled or refused */
function createHttp1Server(limits: HttpLimits, prepare: HttpHandler, handler: Signpost): Http1Server {
  const server = createHttp1({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0, // body-deadline.ts follows the body; the connection's idle timeout does the rest
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 5000),
    insecureHTTPParser: false,
    requireHostHeader: false, // see below
  })
  server.on('request', (request, response) => {
    prepare(request, response)
    if (!lacksHost(request)) return handler(request, response)
    response.setHeader('connection', 'close')
    refuse(response, 400)
  })
  server.on('checkExpectation', (request, response) => {
    prepare(request, response)
    refuse(response, 417)
  })
  server.on('clientError', refuseUnreadable)
  // It never listens itself, and Node begins to watch the timeouts of a server's connections on this event.
  server.emit('listening')
  return server
}

function createHttp2Server(limits: HttpLimits, prepare: HttpHandler, handler: HttpHandler): Http2Server {
  const server = createHttp2({
    settings: { maxConcurrentStreams: limits.maxConcurrentStreams, maxHeaderListSize: limits.maxHeaderBytes },
    maxHeaderListPairs: 100,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxOutstandingPings: 10,
    maxSettings: 32,
    streamResetBurst: limits.resetBurst,
    streamResetRate: limits.resetsPerSecond,
  })
  server.on('request', (request, response) => {
    prepare(request, response)
    handler(request, response)
  })
  for (const [event, status] of [
    ['checkExpectation', 417],
    ['connect', 405],
  ] as const) {
    server.on(event, (request: Http2ServerRequest, response: Http2ServerResponse) => {
      prepare(request, response)
      refuse(response, status)
    })
  }
  return server
}
