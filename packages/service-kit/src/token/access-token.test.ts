import { generateKeyPairSync } from 'node:crypto'
import { createContextValues } from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../clock.ts'
import { reasonOf } from '../rpc/rpc-error.ts'
import { accessTokenLifetimeMs, clockSkewMs, issueAccessToken, verifyAccessToken } from './access-token.ts'
import { ed25519PublicKey, FetchedTokenKeys } from './fetched-token-keys.ts'
import { principalOf } from './principal.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const rawPublicKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
const key = { keyId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), privateKey }
const keys = { find: async (id: Uint8Array) => (Buffer.compare(id, key.keyId) === 0 ? publicKey : undefined) }
const holder = {
  accountId: AccountId.fromBytes(new Uint8Array(32).fill(7)),
  deviceId: DeviceId.fromBytes(new Uint8Array(16).fill(9)),
}
const nowMs = Date.UTC(2026, 5, 1)
const token = issueAccessToken(key, holder, nowMs)

function refusal(text: string, atMs = nowMs): Promise<string | undefined> {
  return verifyAccessToken(keys, text, atMs).then(() => undefined, reasonOf)
}

test('a token says whose it is and until when', async () => {
  expect(await verifyAccessToken(keys, token, nowMs)).toEqual({
    ...holder,
    expiresAtMs: nowMs + accessTokenLifetimeMs,
  })
})

test('C4: a token with any one bit changed is refused', async () => {
  const bytes = Buffer.from(token, 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    expect(await refusal(changed.toString('base64url')), `bit ${bit}`).toBe('token_invalid')
  }
})

test('C4: a token cut short, with something added, or spelled otherwise is refused', async () => {
  for (let length = 0; length < token.length; length++)
    expect(await refusal(token.slice(0, length))).toBe('token_invalid')
  for (const added of ['A', '=', 'AAAA', ' ', '\n'])
    expect(await refusal(token + added)).toBe('token_invalid')
  expect(await refusal(`${token.slice(0, -1)}+`)).toBe('token_invalid')
})

test('any other text is refused with the one error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (text) => {
      expect(await refusal(text)).toBe('token_invalid')
    }),
  )
})

test('it holds for ten minutes, with a minute for clocks that differ', async () => {
  const endMs = nowMs + accessTokenLifetimeMs
  expect(await refusal(token, endMs + clockSkewMs - 1)).toBeUndefined()
  expect(await refusal(token, endMs + clockSkewMs)).toBe('token_expired')
  expect(await refusal(token, nowMs - clockSkewMs)).toBeUndefined()
  expect(await refusal(token, nowMs - clockSkewMs - 1)).toBe('token_invalid')
})

test('another key’s token is refused, under the same key id too', async () => {
  const other = generateKeyPairSync('ed25519').privateKey
  expect(await refusal(issueAccessToken({ keyId: key.keyId, privateKey: other }, holder, nowMs))).toBe(
    'token_invalid',
  )
  const unknown = { keyId: new Uint8Array(8), privateKey }
  expect(await refusal(issueAccessToken(unknown, holder, nowMs))).toBe('token_invalid')
  expect(() => issueAccessToken({ keyId: new Uint8Array(3), privateKey }, holder, nowMs)).toThrow(TypeError)
})

test('keys are fetched once for many calls, again for an unknown id, and not more often than each 2 seconds', async () => {
  const clock = new ManualClock()
  let fetches = 0
  let published = [{ keyId: key.keyId, publicKey: rawPublicKey }]
  const fetched = new FetchedTokenKeys(async () => {
    fetches++
    return published
  }, clock)
  const found = await Promise.all([fetched.find(key.keyId), fetched.find(key.keyId)])
  expect(found.map((one) => one?.equals(publicKey))).toEqual([true, true])
  const next = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1)
  for (let index = 0; index < 100; index++) expect(await fetched.find(next)).toBeUndefined()
  expect(fetches).toBe(1)
  published = [...published, { keyId: next, publicKey: rawPublicKey }]
  clock.advance(2001)
  expect(await fetched.find(next)).toBeDefined()
  expect(fetches).toBe(2)
  published = []
  clock.advance(5 * 60_000 + 1)
  expect(await fetched.find(key.keyId)).toBeUndefined()
  expect(ed25519PublicKey(rawPublicKey).equals(publicKey)).toBe(true)
})

test('an RPC without a caller says so', () => {
  expect(() => principalOf({ values: createContextValues() })).toThrow('token_missing')
})
