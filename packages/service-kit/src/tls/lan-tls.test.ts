import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { NetworkInterfaceInfo } from 'node:os'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MissingMasterKeyError } from '../keys/key-ring.ts'
import { MasterKeys } from '../keys/master-keys.ts'
import { Sealing } from '../keys/sealing.ts'
import { createLogger } from '../log/logger.ts'
import { isLocalAddress, localAddresses, localNameOf } from './lan-hosts.ts'
import { LanTls, type LanTlsOptions } from './lan-tls.ts'
import type { KeyPair } from './tls-source.ts'

const key = (fill: number) => new Uint8Array(32).fill(fill)
const PATIENCE = { timeout: 60_000 }
const lines: string[] = []
const log = createLogger({ level: 'info', write: (line) => lines.push(line) })

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  file = join(folder, 'keys', 'authority.json')
  lines.length = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function address(text: string, internal = false): NetworkInterfaceInfo {
  const family = text.includes(':') ? 'IPv6' : 'IPv4'
  return {
    address: text,
    family,
    internal,
    netmask: '',
    mac: '',
    cidr: null,
    scopeid: 0,
  } as NetworkInterfaceInfo
}

const interfaces = (...addresses: readonly string[]) => ({
  docker0: [address('172.17.0.1')],
  eth0: addresses.map((one) => address(one)),
  lo: [address('127.0.0.1', true), address('::1', true)],
})

const options = (more: Partial<LanTlsOptions> = {}): LanTlsOptions => ({
  file,
  listen: '0.0.0.0',
  sealing: new Sealing(MasterKeys.of(key(1))),
  interfaces: () => interfaces('192.168.1.5'),
  everyMs: 10,
  ...more,
})

const namesIn = ({ cert }: KeyPair) => new X509Certificate(cert).subjectAltName

test('M6 the first start makes an authority, and every other start finds it', async () => {
  using first = await LanTls.open(options(), log)
  using second = await LanTls.open(options(), log)
  expect(second.authority).toBe(first.authority)
  expect(second.pair.key).not.toBe(first.pair.key)
  const authority = new X509Certificate(first.authority)
  const leaf = new X509Certificate(first.pair.cert)
  expect([authority.ca, leaf.checkIssued(authority), leaf.verify(authority.publicKey)]).toEqual([
    true,
    true,
    true,
  ])
  for (const host of [localNameOf(), 'veche.local', 'localhost']) expect(leaf.checkHost(host)).toBe(host)
  for (const ip of ['192.168.1.5', '172.17.0.1', '127.0.0.1']) expect(leaf.checkIP(ip)).toBe(ip)
  expect(lines.filter((line) => line.includes('authority_created'))).toHaveLength(1)
})

test('M6 its key lies sealed, for its owner alone, and the file holds no other', async () => {
  using lan = await LanTls.open(options(), log)
  const text = await readFile(file, 'utf8')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(folder, 'keys'))).toEqual(['authority.json'])
  expect(text).not.toContain('PRIVATE')
  expect(text).not.toContain(lan.pair.key.split('\n')[1])
  expect(text).toContain(JSON.stringify(lan.authority).slice(1, -1))
})

test('F27 under a new master key it is sealed anew, and the old one opens nothing', async () => {
  using old = await LanTls.open(options({ everyMs: 60_000 }), log)
  using lan = await LanTls.open(options({ sealing: new Sealing(MasterKeys.of(key(2), key(1))) }), log)
  expect(lan.authority).toBe(old.authority)
  const { ring } = MasterKeys.of(key(2))
  await expect.poll(() => readFile(file, 'utf8'), PATIENCE).toContain(ring.current.id)
  using after = await LanTls.open(options({ sealing: new Sealing(MasterKeys.of(key(2))) }), log)
  expect(after.authority).toBe(old.authority)
  await expect(LanTls.open(options(), log)).rejects.toThrow(MissingMasterKeyError)
})

test('M2 another address of the machine gets into a new certificate by itself', async () => {
  let now = interfaces('192.168.1.5')
  using lan = await LanTls.open(options({ interfaces: () => now }), log)
  const renewed: KeyPair[] = []
  lan.onRenewed((pair) => renewed.push(pair))
  now = interfaces('10.1.2.3')
  await expect.poll(() => renewed.length, PATIENCE).toBe(1)
  expect(renewed[0]).toBe(lan.pair)
  expect(namesIn(lan.pair)).toContain('10.1.2.3')
  expect(namesIn(lan.pair)).not.toContain('192.168.1.5')
})

test('M2 addresses of the internet are never in it', async () => {
  using lan = await LanTls.open(
    options({ listen: '::', interfaces: () => interfaces('8.8.8.8', '2001:db8::1', 'fd00::7', 'fe80::1') }),
    log,
  )
  expect(namesIn(lan.pair)).toContain('IP Address:FD00:0:0:0:0:0:0:7')
  expect(namesIn(lan.pair)).not.toMatch(/8\.8\.8\.8|2001|FE80/i)
})

test('a configured name comes first, and one that the authority was not made for is refused', async () => {
  using lan = await LanTls.open(options({ publicHost: 'veche.school.example' }), log)
  expect(lan.hostName).toBe('veche.school.example')
  expect(namesIn(lan.pair)).toMatch(/^DNS:veche\.school\.example, /)
  for (const publicHost of ['bank.example', '8.8.8.8']) {
    const refused = { problem: 'other_name', file, host: publicHost }
    await expect(LanTls.open(options({ publicHost }), log)).rejects.toMatchObject(refused)
  }
  using again = await LanTls.open(options({ publicHost: '192.168.1.5' }), log)
  expect(again.hostName).toBe('192.168.1.5')
})

test('a damaged file is told by its name, and stays as it is', async () => {
  using lan = await LanTls.open(options(), log)
  lan[Symbol.dispose]()
  const whole = await readFile(file, 'utf8')
  const other = JSON.parse(whole)
  using stranger = await LanTls.open(options({ file: join(folder, 'other.json') }), log)
  const wrong = [
    '',
    '{}',
    whole.slice(0, -20),
    `${whole}${' '.repeat(20_000)}`,
    JSON.stringify({ ...other, cert: stranger.authority }),
    JSON.stringify({ ...other, key: other.dataKey }),
    JSON.stringify({ ...other, dataKeyId: '../..' }),
  ]
  for (const text of wrong) {
    await writeFile(file, text)
    await expect(LanTls.open(options(), log)).rejects.toMatchObject({ problem: 'damaged', file })
    expect(await readFile(file, 'utf8')).toBe(text)
  }
})

test('of two servers that begin at once on one folder both have the same authority', async () => {
  const both = await Promise.all([LanTls.open(options(), log), LanTls.open(options(), log)])
  for (const one of both) one[Symbol.dispose]()
  expect(both[0].authority).toBe(both[1].authority)
})

test('a machine is called as its local network calls it', () => {
  expect(localNameOf('Raspberry')).toBe('raspberry.local')
  expect(localNameOf('school.example.org')).toBe('school.local')
  for (const name of ['', 'localhost', 'мой-компьютер', 'a_b', '-a'])
    expect(localNameOf(name)).toBe('veche.local')
})

test('addresses: the likeliest first, those that nobody reaches not at all', () => {
  const found = { ...interfaces('169.254.1.1', 'fd00::7', '10.0.0.2', '8.8.8.8'), empty: undefined }
  expect(localAddresses('::', found)).toEqual(['10.0.0.2', '169.254.1.1', 'fd00::7', '172.17.0.1'])
  expect(localAddresses('0.0.0.0', found)).toEqual(['10.0.0.2', '169.254.1.1', '172.17.0.1'])
  expect(localAddresses('10.0.0.2', found)).toEqual(['10.0.0.2'])
  expect(localAddresses('127.0.0.1', found)).toEqual([])
})

test('M2 which addresses are local', () => {
  for (const one of [
    '10.0.0.1',
    '172.31.0.1',
    '192.168.0.1',
    '127.1.1.1',
    '100.64.0.1',
    'fd00::1',
    '::1',
    'fe80::1',
  ])
    expect(isLocalAddress(one), one).toBe(true)
  expect(isLocalAddress('::ffff:192.168.1.1')).toBe(true)
  for (const one of [
    '8.8.8.8',
    '172.32.0.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    'veche.local',
    '',
    '10.0.0.1.1',
  ])
    expect(isLocalAddress(one), one).toBe(false)
})
