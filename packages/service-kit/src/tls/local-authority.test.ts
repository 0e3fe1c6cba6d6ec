import { X509Certificate } from 'node:crypto'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { issueCertificate, newAuthority } from './local-authority.ts'
import type { KeyPair } from './tls-source.ts'

const names = ['veche.local', 'school.lan']
const authority = newAuthority('Authority of a test', names, Date.now())

/** What a client says of a certificate that it knows the authority of: undefined where it takes it. */
async function refusalOf(pair: KeyPair, ca: string, servername: string): Promise<string | undefined> {
  const server = createServer(pair, (socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  try {
    return await new Promise((resolve) => {
      const host = '127.0.0.1'
      const socket: TLSSocket = connect({ host, port, ca, servername, checkServerIdentity: () => undefined })
      socket.once('secureConnect', () => resolve(undefined))
      socket.once('error', ({ message }) => resolve(message))
    })
  } finally {
    server.close()
  }
}

test('a certificate for local names and addresses is taken by who trusts the authority, and by nobody else', async () => {
  const hosts = ['veche.local', 'school.lan', '10.1.2.3', '172.20.0.1', '192.168.1.5', 'fe80::1', 'fd00::5']
  const pair = issueCertificate(authority, hosts, Date.now())
  expect(await refusalOf(pair, authority.cert, 'veche.local')).toBeUndefined()
  const other = newAuthority('Authority of a test', names, Date.now())
  expect(await refusalOf(pair, other.cert, 'veche.local')).toBeDefined()
  const certificate = new X509Certificate(pair.cert)
  for (const host of hosts) {
    const isFor =
      host.includes(':') || /^\d/.test(host) ? certificate.checkIP(host) : certificate.checkHost(host)
    expect(isFor).toBe(host)
  }
})

test('no site of the internet is proved by it, whoever has its key', async () => {
  for (const host of [
    'bank.example',
    'veche.local.example',
    'printer.local',
    '8.8.8.8',
    '2001:db8::1',
    '172.32.0.1',
  ]) {
    const pair = issueCertificate(authority, [host], Date.now())
    expect(await refusalOf(pair, authority.cert, 'veche.local')).toBe('permitted subtree violation')
  }
})

test('it lasts ten years, and what it certifies 90 days, from an hour ago on', () => {
  const nowMs = Date.UTC(2026, 10, 22)
  const years = new X509Certificate(newAuthority('Authority', names, nowMs).cert)
  const months = new X509Certificate(issueCertificate(authority, ['veche.local'], nowMs).cert)
  for (const certificate of [years, months])
    expect(certificate.validFromDate.getTime()).toBe(nowMs - 3_600_000)
  expect(years.validToDate.getTime()).toBe(nowMs + 3650 * 86_400_000)
  expect(months.validToDate.getTime()).toBe(nowMs + 90 * 86_400_000)
  expect(years.ca).toBe(true)
  expect(months.ca).toBe(false)
})
