import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTls } from 'node:tls'
import { fingerprintOf } from '@veche/service-kit'
import { issueCertificate, newAuthority } from '@veche/service-kit/local-authority'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchAuthority, pinAuthority, pinnedFingerprint, trustOf } from './authority-pin.node.ts'
import { DamagedError, UnreachableError, UsageError } from './errors.ts'

const authority = newAuthority('Veche veche.local', ['veche.local'], Date.now())

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'veche-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function listening<T>(server: ReturnType<typeof createServer>, work: (port: number) => Promise<T>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}

test('M6 a server shows its authority to who trusts nothing yet', async () => {
  const pair = issueCertificate(authority, ['127.0.0.1'], Date.now())
  const server = createTls(pair, (socket) => socket.on('error', () => {}).end())
  const offered = await listening(server, (port) => fetchAuthority(`https://127.0.0.1:${port}`))
  expect(offered).toEqual({
    cert: authority.cert,
    fingerprint: fingerprintOf(authority.cert),
    isKnown: false,
  })
})

test('what is no https, or answers without TLS, shows none', async () => {
  for (const server of ['http://127.0.0.1:1', 'veche.local', ''])
    await expect(fetchAuthority(server)).rejects.toThrow(UsageError)
  const plain = createServer((socket) => socket.on('error', () => {}).end('no'))
  await listening(plain, async (port) => {
    await expect(fetchAuthority(`https://127.0.0.1:${port}`)).rejects.toThrow(UnreachableError)
  })
})

test('M6 a profile trusts what was pinned in it, besides what the system does', async () => {
  expect([pinnedFingerprint(dir), trustOf(dir)]).toEqual([undefined, {}])
  const profile = join(dir, 'not there yet')
  await pinAuthority(profile, authority.cert)
  expect(pinnedFingerprint(profile)).toBe(fingerprintOf(authority.cert))
  const { ca } = trustOf(profile)
  expect(ca).toContain(authority.cert)
  expect(ca!.length).toBeGreaterThan(1)
  const other = newAuthority('Veche veche.local', ['veche.local'], Date.now())
  await pinAuthority(profile, other.cert)
  expect(pinnedFingerprint(profile)).toBe(fingerprintOf(other.cert))
  expect(await readdir(profile)).toEqual(['authority.pem'])
  expect((await stat(join(profile, 'authority.pem'))).mode & 0o777).toBe(0o600)
})

test('a damaged pin is told, and nothing is trusted in its place', async () => {
  for (const text of ['', 'no certificate', authority.cert.slice(0, 200)]) {
    await writeFile(join(dir, 'authority.pem'), text)
    expect(() => trustOf(dir)).toThrow(DamagedError)
    expect(() => pinnedFingerprint(dir)).toThrow(DamagedError)
  }
})
