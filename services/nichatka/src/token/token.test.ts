import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { HostKey } from '../hosts/host.ts'
import { timeFault, verifyToken } from './token.ts'
import { TokenVerifier } from './token-verifier.ts'
import file from './vectors.json' with { type: 'json' }

const hosts = new Map(file.hosts.map(({ name, key }) => [name, { name, key: toHostKey(key) }]))
const find = (name: string) => hosts.get(name)

function toHostKey(key: { kind: string; secret?: string; publicKey?: string }): HostKey {
  if (key.kind === 'hmac-sha256')
    return { kind: 'hmac-sha256', secret: Buffer.from(key.secret!, 'base64url') }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.publicKey! }
  return { kind: 'ed25519', publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }
}

function outcome(token: string, nowSeconds: number): string {
  const verified = verifyToken(token, find)
  if (verified.kind !== 'verified') return verified.kind
  return timeFault(verified.claims, nowSeconds * 1000) ?? 'valid'
}

describe('N14 C4 the vectors', () => {
  test.each(file.vectors)('$expected: $name', ({ token, now, expected, claims }) => {
    expect(outcome(token, now)).toBe(expected)
    const verified = new TokenVerifier(find).verify(token, now * 1000)
    expect(verified.kind).toBe(expected === 'valid' ? 'verified' : expected)
    if (verified.kind === 'verified') expect(verified.claims).toEqual(claims)
  })

  test('what is signed from the claims is the token, byte for byte', () => {
    const signed = file.vectors.filter((vector) => vector.signed === true)
    expect(signed.length).toBeGreaterThan(8)
    for (const { claims, token } of signed) expect(signToken(claims!)).toBe(token)
  })
})

test('C4 no token with any bit flipped, any character changed, or cut anywhere is taken', () => {
  for (const { token, now } of [file.vectors[0]!, file.vectors[1]!]) {
    const bytes = Buffer.from(token)
    const taken: number[] = []
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      if (outcome(flipped.toString('latin1'), now) === 'valid') taken.push(bit)
    }
    for (let end = 0; end < token.length; end++) {
      if (outcome(token.slice(0, end), now) === 'valid') taken.push(end)
    }
    expect(taken).toEqual([])
  }
})

test('C4 no token with any field changed and the old signature is taken', () => {
  for (const { claims, token, now } of file.vectors.filter((vector) => vector.signed === true)) {
    const signature = token.split('.')[2]
    const changes = {
      sub: 'boris',
      aud: claims!.aud === 'vehno' ? 'sklad' : 'vehno',
      iat: claims!.iat + 1,
      exp: claims!.exp - 1,
      jti: 'other-nonce',
    }
    for (const [name, value] of Object.entries(changes)) {
      const payload = Buffer.from(JSON.stringify({ ...claims, [name]: value })).toString('base64url')
      expect(outcome(`v1.${payload}.${signature}`, now), name).toMatch(/^token-(forged|malformed)$/)
    }
  }
})

test('C14 C13 a payload of hostile JSON or of any size is refused at once', () => {
  const payloads = [
    '{"__proto__":{}}',
    '['.repeat(1000),
    '{"":'.repeat(200),
    `{"${'\\'.repeat(1000)}`,
    `"${'\\"'.repeat(500)}`,
  ]
  for (const payload of payloads) {
    const text = `v1.${Buffer.from(payload).toString('base64url')}`
    const signature = createHmac('sha256', 'x').update(text).digest('base64url')
    expect(outcome(`${text}.${signature}`, 0)).toBe('token-malformed')
  }
  expect(outcome('a'.repeat(10_000_000), 0)).toBe('token-malformed')
  expect(outcome('.'.repeat(1000), 0)).toBe('token-malformed')
})

test('a token that is remembered ends when it expires, and is early where the clock has gone back', () => {
  const { token, now } = file.vectors[0]!
  const verifier = new TokenVerifier(find)
  const first = verifier.verify(token, now * 1000)
  expect(verifier.verify(token, now * 1000 + 1)).toBe(first)
  expect(verifier.verify(token, (now - 71) * 1000).kind).toBe('token-early')
  expect(verifier.verify(token, (now + 349) * 1000).kind).toBe('verified')
  expect(verifier.verify(token, (now + 350) * 1000).kind).toBe('token-expired')
})

test('C4 a remembered token ends at once with its host, and with its host’s key', () => {
  const { token, now, claims } = file.vectors[0]!
  const living = new Map(hosts)
  const verifier = new TokenVerifier((name) => living.get(name))
  expect(verifier.verify(token, now * 1000).kind).toBe('verified')
  living.set(claims!.aud, { name: claims!.aud, key: { kind: 'hmac-sha256', secret: Buffer.alloc(32, 9) } })
  expect(verifier.verify(token, now * 1000).kind).toBe('token-forged')
  living.delete(claims!.aud)
  expect(verifier.verify(token, now * 1000).kind).toBe('token-forged')
})

test('no more tokens are remembered than there is room for', () => {
  const { claims, now, token } = file.vectors[0]!
  const verifier = new TokenVerifier(find)
  const first = verifier.verify(token, now * 1000)
  for (let count = 0; count < 16_384; count++) {
    verifier.verify(signToken({ ...claims!, jti: `nonce-000${count}` }), now * 1000)
  }
  expect(verifier.verify(token, now * 1000)).not.toBe(first)
})

function signToken(claims: NonNullable<(typeof file.vectors)[number]['claims']>): string {
  const { sub, aud, iat, exp, jti } = claims
  const text = `v1.${Buffer.from(JSON.stringify({ sub, aud, iat, exp, jti })).toString('base64url')}`
  return `${text}.${signatureOf(aud, text).toString('base64url')}`
}

function signatureOf(aud: string, text: string): Buffer {
  const { key } = file.hosts.find(({ name }) => name === aud)!
  if (key.secret !== undefined) {
    return createHmac('sha256', Buffer.from(key.secret, 'base64url')).update(text).digest()
  }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.publicKey!, d: key.privateKey! }
  return sign(null, Buffer.from(text), createPrivateKey({ key: jwk, format: 'jwk' }))
}
