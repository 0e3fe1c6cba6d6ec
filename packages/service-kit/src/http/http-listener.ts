/**
 * One plain-text port for HTTP/1.1 and HTTP/2 with prior knowledge (h2c), told apart by the first bytes: an
 * HTTP/2 client begins with the preface `PRI * HTTP/2.0…` (RFC 9113 section 3.4), which no HTTP/1.1 request does.
 *
 * States: open → draining (no new connections; calls that run may end) → closed.
 */
import { once } from 'node:events'
import { createServer as createHttp1, type Server as Http1Server } from 'node:http'
import { createServer as createHttp2, type Http2Server, type ServerHttp2Session } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { guardBody } from './body-deadline.ts'
import { defaultHttpLimits, type HttpLimits } from './http-limits.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http-message.ts'
import { securityHeaders } from './security-headers.ts'
import { guardSession } from './session-guard.ts'

export interface HttpListenerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly handler: HttpHandler
  readonly limits?: Partial<HttpLimits>
  /** All connections come from a proxy of the operator's. */
  readonly behindProxy?: boolean
}

const preface = 'PRI * HTTP/2.0'

export class HttpListener implements AsyncDisposable {
  readonly #limits: HttpLimits
  readonly #behindProxy: boolean
  readonly #http1: Http1Server
  readonly #http2: Http2Server
  readonly #net: Server
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
    const handle = (request: HttpRequest, response: HttpResponse) => {
      guardBody(request, this.#limits)
      for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
      options.handler(request, response)
    }
    this.#http1 = createHttp1Server(this.#limits).on('request', handle)
    this.#http2 = createHttp2Server(this.#limits).on('request', handle)
    this.#http2.on('session', (session) => this.#adopt(session))
    this.#net = createServer((socket) => this.#accept(socket))
    this.#net.maxConnections = this.#limits.maxConnections
  }

  get port(): number {
    return (this.#net.address() as AddressInfo).port
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
    this.#http1.close()
    this.#http2.close()
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
    this.#tellApart(socket)
  }

  #forget(socket: Socket, address: string): void {
    this.#sockets.delete(socket)
    const left = (this.#perAddress.get(address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(address, left)
    else this.#perAddress.delete(address)
  }

  #tellApart(socket: Socket): void {
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
      const begins = head.toString('latin1', 0, preface.length)
      if (begins.length < preface.length && preface.startsWith(begins)) return
      socket.off('readable', look)
      decide()
      socket.unshift(head)
      const server = begins === preface ? this.#http2 : this.#http1
      server.emit('connection', socket)
      // HTTP/1.1 sees what was unshifted once it reads; the socket was paused by `readable`.
      if (server === this.#http1) socket.resume()
    }
    socket.on('readable', look)
  }
}

function createHttp1Server(limits: HttpLimits): Http1Server {
  const server = createHttp1({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0, // body-deadline.ts follows the body; the connection's idle timeout does the rest
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 5000),
    insecureHTTPParser: false,
    requireHostHeader: true,
  })
  // It never listens itself, and Node begins to watch the timeouts of a server's connections on this event.
  server.emit('listening')
  return server
}

function createHttp2Server(limits: HttpLimits): Http2Server {
  return createHttp2({
    settings: { maxConcurrentStreams: limits.maxConcurrentStreams, maxHeaderListSize: limits.maxHeaderBytes },
    maxHeaderListPairs: 100,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxOutstandingPings: 10,
    maxSettings: 32,
    streamResetBurst: limits.resetBurst,
    streamResetRate: limits.resetsPerSecond,
  })
}
