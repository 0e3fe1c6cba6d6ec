/** Whether the server is there, who vouches for it, and which protocol it speaks. Before anything is compared. */
import { connect as connectPlain, isIP } from 'node:net'
import { connect, type SecureContextOptions } from 'node:tls'
import { UnreachableError } from '@veche/client'

export interface Reached {
  readonly trust: SecureContextOptions
  /** Whether the system vouches for it, and not the profile alone. */
  readonly isPublic: boolean
  /** Whether it speaks HTTP/2. */
  readonly isHttp2: boolean
}

const TIMEOUT_MS = 20_000

/** @param own whom the profile believes besides. @throws UnreachableError */
export async function reach(server: URL, own: SecureContextOptions): Promise<Reached> {
  if (server.protocol === 'http:') {
    await knock(server)
    return { trust: {}, isPublic: false, isHttp2: false }
  }
  try {
    return { trust: {}, isPublic: true, isHttp2: await shakeHands(server, {}) }
  } catch (error) {
    if (own.ca === undefined) throw error
    return { trust: own, isPublic: false, isHttp2: await shakeHands(server, own) }
  }
}

/** @returns whether HTTP/2 was agreed on */
function shakeHands(server: URL, trust: SecureContextOptions): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const host = hostOf(server)
  const name = isIP(host) === 0 ? { servername: host } : {}
  const options = {
    host,
    port: Number(server.port || 443),
    ...name,
    ...trust,
    ALPNProtocols: ['h2', 'http/1.1'],
  }
  const socket = connect(options, () => {
    resolve(socket.alpnProtocol === 'h2')
    socket.destroy()
  })
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')))
  socket.once('error', (cause) => reject(new UnreachableError(undefined, { cause })))
  socket.once('close', () => reject(new UnreachableError()))
  return promise
}

function knock(server: URL): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connectPlain({ host: hostOf(server), port: Number(server.port || 80) }, () => {
    resolve()
    socket.destroy()
  })
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')))
  socket.once('error', (cause) => reject(new UnreachableError(undefined, { cause })))
  socket.once('close', () => reject(new UnreachableError()))
  return promise
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}
