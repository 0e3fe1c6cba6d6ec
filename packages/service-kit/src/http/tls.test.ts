/** The one port with a certificate. */
import { X509Certificate } from 'node:crypto'
import { connect as connectHttp2 } from 'node:http2'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterEach, describe, expect, test } from 'vitest'
import { issueCertificate, newAuthority } from '../tls/local-authority.ts'
import { securityHeaders } from './security-headers.ts'
import { openTestListener, type TestListener } from './test-listener.ts'

const { cert: ca, ...authority } = newAuthority('Authority of a test', ['veche.local'], Date.now())
const certify = () => issueCertificate({ cert: ca, ...authority }, ['127.0.0.1'], Date.now())
const pair = certify()
const nobodyIsPlain = { tls: pair, mayBePlain: () => false }

let listener: TestListener
afterEach(() => listener[Symbol.asyncDispose]())

/** All that the port answers to these bytes. */
function answerTo(text: string): Promise<string> {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk) => (answer += chunk))
  return new Promise((resolve) => {
    socket.once('error', () => resolve(answer))
    socket.once('close', () => resolve(answer))
    socket.write(text, 'latin1')
  })
}

/** Resolves when the handshake is done; rejects with why it was not. */
function handshake(options: object = {}): Promise<TLSSocket> {
  const port = Number(new URL(listener.url).port)
  const socket = connectTls({ host: '127.0.0.1', port, ca, ...options })
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket))
    socket.once('error', reject)
  })
}

describe('one port with a certificate', () => {
  const versions = ['1.1', '2'] as const
  const transports = versions.flatMap((httpVersion) => [
    { name: `Connect, HTTP/${httpVersion}`, create: createConnectTransport, httpVersion },
    { name: `gRPC-Web, HTTP/${httpVersion}`, create: createGrpcWebTransport, httpVersion },
    { name: `gRPC, HTTP/${httpVersion}`, create: createGrpcTransport, httpVersion },
  ])
  test.each(transports)('M25 answers unary calls and streams by $name', async ({ create, httpVersion }) => {
    listener = await openTestListener({}, {}, nobodyIsPlain)
    const { url: baseUrl, signIn } = listener
    const chats = createClient(
      ChatsService,
      create({ baseUrl, httpVersion, interceptors: [signIn], nodeOptions: { ca } }),
    )
    expect((await chats.listEntries({ after: 5n })).head).toBe(5n)
    for await (const { event } of chats.subscribe({ inboxPosition: 1n })) {
      expect(event.case).toBe('heartbeat')
      break
    }
  })

  test('every page has its headers, by both protocols', async () => {
    listener = await openTestListener({}, {}, nobodyIsPlain)
    const session = connectHttp2(listener.url, { ca })
    const byHttp2 = await new Promise<object>((resolve, reject) => {
      session.on('error', reject)
      session.request({ ':path': '/health' }).on('response', resolve).on('error', reject).resume().end()
    })
    session.close()
    const byHttp1 = await new Promise<object>((resolve) =>
      requestHttps(`${listener.url}/health`, { ca }, ({ headers }) => resolve(headers)).end(),
    )
    for (const headers of [byHttp1, byHttp2]) expect(headers).toMatchObject(securityHeaders)
  })

  test('in plain text nothing is answered but where to go', async () => {
    listener = await openTestListener({}, {}, nobodyIsPlain)
    const page = await answerTo('GET /invite?x=1 HTTP/1.1\r\nHost: veche.example:8480\r\n\r\n')
    expect(page).toMatch(/^HTTP\/1.1 308 /)
    expect(page).toContain('\r\nlocation: https://veche.example:8480/invite?x=1\r\n')
    const [head, body] = page.split('\r\n\r\n')
    expect([head?.includes('Veche'), body]).toEqual([false, ''])
    const post = 'POST /veche.chats.v1.ChatsService/Append HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'
    const refused = await answerTo(post)
    expect(refused).toMatch(/^HTTP\/1.1 426 /)
    for (const answer of [page, refused]) {
      for (const [name, value] of Object.entries(securityHeaders))
        expect(answer).toContain(`\r\n${name}: ${value}\r\n`)
      expect(answer).not.toMatch(/strict-transport-security/i)
    }
    expect(await answerTo('GET / HTTP/1.1\r\nHost: evil example/\r\n\r\n')).not.toMatch(/\r\nlocation:/i)
    expect(await answerTo('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatch(/^(HTTP\/1.1 4|$)/)
  })

  test('this machine may speak plain text, where nothing else is said', async () => {
    listener = await openTestListener({}, {}, { tls: pair })
    const baseUrl = listener.url.replace('https:', 'http:')
    const transport = createConnectTransport({ baseUrl, httpVersion: '2', interceptors: [listener.signIn] })
    expect((await createClient(ChatsService, transport).listEntries({ after: 5n })).head).toBe(5n)
  })

  test('TLS 1.1 is refused, and a handshake that does not end', async () => {
    listener = await openTestListener({ headersTimeoutMs: 200 }, {}, nobodyIsPlain)
    await expect(handshake({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).rejects.toThrow()
    expect(await answerTo('\x16\x03\x01')).toBe('')
    const socket = await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })
    expect([socket.getProtocol(), socket.alpnProtocol]).toEqual(['TLSv1.3', 'h2'])
    socket.destroy()
  })

  test('a renewed certificate proves new connections, and those that stand go on', async () => {
    listener = await openTestListener({}, {}, nobodyIsPlain)
    const transport = createConnectTransport({
      baseUrl: listener.url,
      httpVersion: '2',
      interceptors: [listener.signIn],
      nodeOptions: { ca },
    })
    const chats = createClient(ChatsService, transport)
    await chats.listEntries({})
    const first = await handshake()
    listener.renew(certify())
    const second = await handshake()
    expect(second.getPeerX509Certificate()!.fingerprint).not.toBe(first.getPeerX509Certificate()!.fingerprint)
    expect((await chats.listEntries({ after: 7n })).head).toBe(7n)
    first.destroy()
    second.destroy()
  })

  test('an authority is shown the proof that it asks for, while there is one, and nobody else is', async () => {
    listener = await openTestListener({}, {}, nobodyIsPlain)
    const proof = certify()
    const ask = async (...ALPNProtocols: string[]) => {
      const socket = await handshake({ ALPNProtocols })
      const shown = socket.getPeerX509Certificate()!.raw.equals(new X509Certificate(proof.cert).raw)
      socket.destroy()
      return [socket.alpnProtocol, shown]
    }
    await expect(ask('acme-tls/1')).rejects.toThrow()
    listener.showProof(proof)
    expect(await ask('acme-tls/1')).toEqual(['acme-tls/1', true])
    expect(await ask('h2')).toEqual(['h2', false])
    expect(await answerTo('\x16\x03\x01\x00\x05hello')).not.toContain('HTTP')
    listener.showProof(undefined)
    await expect(ask('acme-tls/1')).rejects.toThrow()
  })

  test('F1 a drain lets go of those that wait for a handshake', async () => {
    listener = await openTestListener({ headersTimeoutMs: 60_000 }, {}, nobodyIsPlain)
    const waiting = answerTo('')
    await handshake().then((socket) => socket.destroy())
    await listener.drain()
    expect(await waiting).toBe('')
  })
})
