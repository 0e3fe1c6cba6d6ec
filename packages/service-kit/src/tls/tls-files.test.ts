import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { issueCertificate, newAuthority } from './local-authority.ts'
import { TlsFiles } from './tls-files.ts'
import type { KeyPair } from './tls-source.ts'

const authority = newAuthority('Authority of a test', ['veche.local'], Date.now())
const lines: string[] = []
const log = createLogger({ level: 'info', write: (line) => lines.push(line) })
const dayMs = 86_400_000
const PATIENCE = { timeout: 60_000 }

let folder: string
let files: { certFile: string; keyFile: string }
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  lines.length = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** As programs that renew do: a new file in the place of the old one. */
async function put({ cert, key }: KeyPair): Promise<void> {
  for (const [file, text] of [
    [files.certFile, cert],
    [files.keyFile, key],
  ] as const) {
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }
}

test('a pair is read, and the name that it is for', async () => {
  const pair = issueCertificate(authority, ['veche.local', '10.0.0.1'], Date.now())
  await put(pair)
  using opened = await TlsFiles.open(files, log)
  expect(opened.pair).toEqual(pair)
  expect(opened.hostName).toBe('veche.local')
})

test('a certificate for addresses or for every name alone has no name to go by', async () => {
  for (const hosts of [['10.0.0.1'], ['*.veche.local']]) {
    await put(issueCertificate(authority, hosts, Date.now()))
    using opened = await TlsFiles.open(files, log)
    expect(opened.hostName).toBeUndefined()
  }
})

test('what cannot be used is told by its file, and by nothing that is in it', async () => {
  const one = issueCertificate(authority, ['veche.local'], Date.now())
  const other = issueCertificate(authority, ['veche.local'], Date.now())
  const ended = issueCertificate(authority, ['veche.local'], Date.now() - 400 * dayMs)
  const { certFile, keyFile } = files
  const wrong = [
    [{ cert: 'a secret', key: one.key }, 'no_certificate', certFile],
    [{ cert: one.cert, key: 'a secret' }, 'no_key', keyFile],
    [{ cert: one.cert, key: one.cert }, 'no_key', keyFile],
    [{ cert: one.cert, key: other.key }, 'not_a_pair', keyFile],
    [ended, 'ended', certFile],
  ] as const
  for (const [pair, problem, file] of wrong) {
    await put(pair)
    await expect(TlsFiles.open(files, log)).rejects.toMatchObject({ problem, file, message: problem })
  }
  await rm(keyFile)
  await expect(TlsFiles.open(files, log)).rejects.toMatchObject({ problem: 'unreadable', file: keyFile })
})

test('files that have changed are read again; what cannot be used leaves the pair before in force', async () => {
  const first = issueCertificate(authority, ['veche.local'], Date.now())
  const second = issueCertificate(authority, ['veche.local'], Date.now())
  await put(first)
  using opened = await TlsFiles.open(files, log, 10)
  const renewed: KeyPair[] = []
  opened.onRenewed((pair) => renewed.push(pair))
  await writeFile(files.certFile, second.cert)
  await expect.poll(() => lines.join(), PATIENCE).toContain('certificate_unusable')
  expect([opened.pair, renewed]).toEqual([first, []])
  await writeFile(files.keyFile, second.key)
  await expect.poll(() => renewed, PATIENCE).toEqual([second])
  expect(opened.pair).toEqual(second)
  expect(lines.join()).toContain('certificate_renewed')
  expect(lines.join()).not.toContain(folder)
})
