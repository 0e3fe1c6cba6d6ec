/** A transport from Node: Connect over HTTP/2, which is h2c where the URL says http. */
import type { SecureContextOptions } from 'node:tls'
import type { Transport } from '@connectrpc/connect'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { UsageError } from './errors.ts'

const IDLE_CONNECTION_TIMEOUT_MS = 60_000
const PING_INTERVAL_MS = 30_000
const PING_TIMEOUT_MS = 10_000
/** A handshake, with room for the frame; what is longer is refused before it is read. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024

export interface NodeTransport {
  readonly transport: Transport
  close(): void
}

/** @param trust whom it believes, besides the system's. @throws UsageError `invalid_server` */
export function connectFromNode(server: string, trust: SecureContextOptions = {}): NodeTransport {
  const baseUrl = ensureUrl(server)
  const pings = {
    idleConnectionTimeoutMs: IDLE_CONNECTION_TIMEOUT_MS,
    pingIntervalMs: PING_INTERVAL_MS,
    pingTimeoutMs: PING_TIMEOUT_MS,
  }
  const sessionManager = new Http2SessionManager(baseUrl, pings, trust)
  const transport = createConnectTransport({
    httpVersion: '2',
    baseUrl,
    sessionManager,
    readMaxBytes: MAX_MESSAGE_BYTES,
    useHttpGet: false,
  })
  return { transport, close: () => sessionManager.abort() }
}

function ensureUrl(server: string): string {
  const url = URL.parse(server)
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (!url || !isHttp || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError('invalid_server')
  }
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`
}
