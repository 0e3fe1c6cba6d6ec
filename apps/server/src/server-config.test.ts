import { resolve } from 'node:path'
import { ConfigError } from '@veche/service-kit'
import { expect, test } from 'vitest'
import { settingsOf, toServerConfig } from './server-config.ts'
import { services } from './services.ts'

const config = (raw: Record<string, string> = {}) => toServerConfig(new Map(Object.entries(raw)), services)

test('everything has a default', () => {
  expect(config()).toMatchObject({
    listen: '127.0.0.1',
    port: 8480,
    dataFolder: resolve('data'),
    masterKeyFile: resolve('data/keys/master.key'),
    publicUrl: undefined,
    databaseUrl: undefined,
    behindProxy: false,
    services: { accounts: { registration: 'invite' }, chats: {} },
  })
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'veche.example'])(
  'listening on %s in the clear is refused',
  (listen) => {
    expect(() => config({ VECHE_LISTEN: listen })).toThrow(/VECHE_BEHIND_PROXY=true/)
    expect(config({ VECHE_LISTEN: listen, VECHE_BEHIND_PROXY: 'true' }).listen).toBe(listen)
  },
)

test('with a certificate it listens anywhere; its two files go together', () => {
  const tls = { VECHE_TLS_CERT: 'tls/cert.pem', VECHE_TLS_KEY: '/etc/key.pem' }
  const files = { certFile: resolve('tls/cert.pem'), keyFile: '/etc/key.pem' }
  expect(config({ ...tls, VECHE_LISTEN: '0.0.0.0' })).toMatchObject({ listen: '0.0.0.0', tls: files })
  for (const name of ['VECHE_TLS_CERT', 'VECHE_TLS_KEY'] as const) {
    expect(() => config({ [name]: tls[name] })).toThrow(/go together/)
  }
})

test('M2 VECHE_TLS=lan listens everywhere by itself, and goes with no other way', () => {
  const lan = { VECHE_TLS: 'lan' }
  expect(config(lan)).toMatchObject({ listen: '0.0.0.0', tls: { kind: 'lan' } })
  expect(config({ ...lan, VECHE_LISTEN: '192.168.1.5' }).listen).toBe('192.168.1.5')
  expect(() => config({ ...lan, VECHE_TLS_CERT: 'a', VECHE_TLS_KEY: 'b' })).toThrow(/VECHE_TLS_CERT/)
  expect(() => config({ ...lan, VECHE_BEHIND_PROXY: 'true' })).toThrow(/do not go together/)
  expect(() => config({ ...lan, VECHE_URL: 'http://veche.local' })).toThrow(/https:/)
  expect(() => config({ VECHE_TLS: 'none' })).toThrow(ConfigError)
})

test('VECHE_TLS=acme needs a name in the internet, and asks by https', () => {
  const acme = { VECHE_TLS: 'acme', VECHE_URL: 'https://veche.example' }
  expect(config(acme)).toMatchObject({ listen: '0.0.0.0', tls: { kind: 'acme', host: 'veche.example' } })
  for (const url of [
    'https://10.0.0.1',
    'https://[::1]',
    'https://localhost',
    'https://veche.local',
    'http://veche.example',
  ])
    expect(() => config({ ...acme, VECHE_URL: url })).toThrow(/VECHE_URL/)
  expect(() => config({ VECHE_TLS: 'acme' })).toThrow(/VECHE_URL/)
  expect(() => config({ ...acme, VECHE_ACME_DIRECTORY: 'http://acme.example' })).toThrow(
    /VECHE_ACME_DIRECTORY/,
  )
})

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listening on %s is allowed', (listen) => {
  expect(config({ VECHE_LISTEN: listen }).listen).toBe(listen)
})

test('VECHE_URL is an origin and nothing more', () => {
  expect(config({ VECHE_URL: 'https://Veche.example/' }).publicUrl).toBe('https://veche.example')
  for (const url of [
    'veche.example',
    'ftp://x',
    'https://x/path',
    'https://x/?q',
    'https://user:password@x',
  ]) {
    expect(() => config({ VECHE_URL: url })).toThrow(ConfigError)
  }
})

test('DATABASE_URL is PostgreSQL’s, and a wrong one is not repeated', () => {
  expect(config({ DATABASE_URL: 'postgres://u:p@h/d' }).databaseUrl).toBe('postgres://u:p@h/d')
  expect(() => config({ DATABASE_URL: 'mysql://u:secret@h/d' })).toThrow(/^(?!.*secret)DATABASE_URL must be/)
})

test('every option has a name of its own', () => {
  const names = settingsOf(services).map(({ env }) => env)
  expect(names).toEqual([...new Set(names)])
  expect(names).toContain('VECHE_REGISTRATION')
})
