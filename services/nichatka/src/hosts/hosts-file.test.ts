import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeHostKey, parseHostKey } from './host-key.ts'
import { decodeHosts, encodeHosts, HostsFileError, maxFileBytes, readHosts } from './hosts-file.ts'

const secret = Buffer.alloc(32, 0xab).toString('base64url')
const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? ''
const host = { key: `hmac-sha256:${secret}`, origins: ['http://127.0.0.1:8000'], getChanges: true }
const sample = JSON.stringify({
  vehno: host,
  'other-2': {
    key: `ed25519:${publicKey}`,
    origins: ['https://tasks.example', 'https://xn--e1afmkfd.example:8443'],
    getChanges: false,
  },
})

test('N14 a file of hosts is read and written again as it was', () => {
  const hosts = decodeHosts(sample)
  expect([...hosts.keys()]).toEqual(['vehno', 'other-2'])
  expect(hosts.get('vehno')).toMatchObject({
    name: 'vehno',
    key: { kind: 'hmac-sha256' },
    allowsGetChanges: true,
  })
  expect(hosts.get('other-2')).toMatchObject({ key: { kind: 'ed25519' }, allowsGetChanges: false })
  expect(JSON.parse(encodeHosts(hosts))).toEqual(JSON.parse(sample))
  expect(decodeHosts(encodeHosts(hosts)).size).toBe(2)
  expect(decodeHosts('{}').size).toBe(0)
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a host that is a text', '{"vehno":"x"}'],
  ['a host that is null', '{"vehno":null}'],
  ['a host that is a list', '{"vehno":[]}'],
  ['no key', JSON.stringify({ vehno: { ...host, key: undefined } })],
  ['a number as key', JSON.stringify({ vehno: { ...host, key: 5 } })],
  ['no origins', JSON.stringify({ vehno: { ...host, origins: [] } })],
  ['an origin with a path', JSON.stringify({ vehno: { ...host, origins: ['https://a.example/'] } })],
  ['an origin that is a list', JSON.stringify({ vehno: { ...host, origins: [['https://a.example']] } })],
  ['the origin of nobody', JSON.stringify({ vehno: { ...host, origins: ['null'] } })],
  ['every origin', JSON.stringify({ vehno: { ...host, origins: ['*'] } })],
  ['an origin of another kind', JSON.stringify({ vehno: { ...host, origins: ['file://'] } })],
  ['the usual port', JSON.stringify({ vehno: { ...host, origins: ['https://a.example:443'] } })],
  ['too many origins', JSON.stringify({ vehno: { ...host, origins: Array(51).fill('https://a.example') } })],
  ['getChanges as text', JSON.stringify({ vehno: { ...host, getChanges: 'true' } })],
  ['a field that there is not', JSON.stringify({ vehno: { ...host, secret: 'x' } })],
  ['a name in capitals', JSON.stringify({ Vehno: host })],
  ['a long name', JSON.stringify({ ['v'.repeat(41)]: host })],
  ['a host twice', `{"vehno":${JSON.stringify(host)},"vehno":${JSON.stringify(host)}}`],
  ['a field twice', `{"vehno":{"getChanges":false,${JSON.stringify(host).slice(1)}}`],
  ['a backslash', JSON.stringify({ vehno: host }).replace('vehno', '\\u0076ehno')],
  [
    'too many hosts',
    JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`h${i}`, host]))),
  ],
  ['too large', `{}${' '.repeat(maxFileBytes)}`],
  ['nested without end', '{"a":'.repeat(40_000)],
  ['nested, and closed', `${'['.repeat(120_000)}${']'.repeat(120_000)}`],
])('C14 %s is refused whole, by the one declared error', (_, text) => {
  expect(() => decodeHosts(text)).toThrow(HostsFileError)
})

test.each(['__proto__', 'constructor', 'prototype', 'toString'])(
  'C14 the key %s changes no object',
  (key) => {
    for (const text of [
      `{"${key}":${JSON.stringify(host)}}`,
      `{"${key}":{"x":1}}`,
      `{"vehno":{"${key}":{"x":1},${JSON.stringify(host).slice(1)}}`,
      `{"vehno":{${JSON.stringify(host).slice(1, -1)},"${key}":{"x":1}}}`,
    ]) {
      const hosts = outcomeOf(text)
      expect(({} as { x?: unknown }).x).toBeUndefined()
      expect(hosts?.get(key)?.name).toBe(hosts === undefined ? undefined : key)
      expect(hosts?.get('vehno')).toBeUndefined()
    }
    expect(decodeHosts(sample).get(key)).toBeUndefined()
  },
)

test('C14 cut anywhere, or with any one character another, it is hosts or the declared error, and no error holds a key', () => {
  for (let at = 0; at < sample.length; at++) {
    for (const text of [
      sample.slice(0, at),
      ...['"', '\\', '{', ':', '\u0000', 'é'].map(
        (other) => sample.slice(0, at) + other + sample.slice(at + 1),
      ),
    ]) {
      try {
        for (const [name, { origins }] of decodeHosts(text))
          expect([name, origins.length > 0]).toEqual([name, true])
      } catch (error) {
        expect(error).toBeInstanceOf(HostsFileError)
        expect(String((error as Error).stack)).not.toMatch(/q6ur|[A-Za-z0-9_-]{40}/)
        expect((error as Error).cause).toBeUndefined()
      }
    }
  }
})

test('N14 a key has one spelling and a right length', () => {
  for (const bytes of [32, 33, 48, 64]) {
    const text = `hmac-sha256:${Buffer.alloc(bytes, 1).toString('base64url')}`
    expect(encodeHostKey(parseHostKey(text)!)).toBe(text)
  }
  expect(encodeHostKey(parseHostKey(`ed25519:${publicKey}`)!)).toBe(`ed25519:${publicKey}`)
  for (const text of [
    `hmac-sha256:${Buffer.alloc(31).toString('base64url')}`,
    `hmac-sha256:${Buffer.alloc(65).toString('base64url')}`,
    `ed25519:${Buffer.alloc(33).toString('base64url')}`,
    `ed25519:${Buffer.alloc(31).toString('base64url')}`,
    `hmac-sha256:${'A'.repeat(42)}B`,
    `hmac-sha256:${secret}=`,
    `HMAC-SHA256:${secret}`,
    `hmac-sha1:${secret}`,
    secret,
    '',
  ]) {
    expect(parseHostKey(text), text).toBeUndefined()
  }
})

test('N14 a file that others may read is refused, and an absent one is no hosts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nichatka-hosts-'))
  const file = join(folder, 'hosts.json')
  try {
    expect((await readHosts(file)).size).toBe(0)
    await writeFile(file, sample, { mode: 0o600 })
    expect((await readHosts(file)).size).toBe(2)
    await chmod(file, 0o640)
    await expect(readHosts(file)).rejects.toThrow('it must be readable by its owner alone')
    await expect(readHosts(folder)).rejects.toThrow(HostsFileError)
    await chmod(file, 0o600)
    await writeFile(file, ' '.repeat(maxFileBytes + 1))
    await expect(readHosts(file)).rejects.toThrow('it is too large')
  } finally {
    await rm(folder, { recursive: true })
  }
})

function outcomeOf(text: string) {
  try {
    return decodeHosts(text)
  } catch (error) {
    expect(error).toBeInstanceOf(HostsFileError)
    return undefined
  }
}
