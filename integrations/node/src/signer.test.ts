import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { HostKey } from '../../../services/nichatka/src/hosts/host.ts'
import { parseNickname } from '../../../services/nichatka/src/nickname.ts'
import { verifyToken } from '../../../services/nichatka/src/token/token.ts'
import vectors from '../../../services/nichatka/src/token/vectors.json' with { type: 'json' }
import { bellHtml, createSigner } from './index.js'

const secret = Buffer.alloc(32, 7)
const hmacKey = `hmac-sha256:${secret.toString('base64url')}`
const nicknames = ['vera', 'вера', 'Вера Петровна', 'é', '名', '"<b>&amp;\\\'', '🔔'.repeat(150)]

/** What the service makes of a token. */
function claimsIn(token: string, name: string, key: HostKey) {
  const verified = verifyToken(token, (host) => (host === name ? { key } : undefined))
  return verified.kind === 'verified' ? verified.claims : verified.kind
}

const hmac: HostKey = { kind: 'hmac-sha256', secret }

describe('N14 what is signed here, the service takes', () => {
  test('with a shared key', () => {
    const signer = createSigner({ host: 'vehno', key: hmacKey })
    for (const sub of nicknames) {
      expect(claimsIn(signer.sign(sub), 'vehno', hmac)).toMatchObject({ sub, aud: 'vehno' })
    }
    expect(claimsIn(signer.signHost(), 'vehno', hmac)).toMatchObject({ sub: '' })
    expect(claimsIn(signer.sign('vera'), 'sklad', hmac)).toBe('token-forged')
  })

  test('with a key pair', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const signer = createSigner({ host: 'sklad', key: `ed25519:${privateKey.export({ format: 'jwk' }).d}` })
    for (const sub of nicknames) {
      const claims = claimsIn(signer.sign(sub), 'sklad', { kind: 'ed25519', publicKey })
      expect(claims).toMatchObject({ sub, aud: 'sklad' })
    }
  })
})

describe('N14 the vectors', () => {
  const keys = new Map(
    vectors.hosts.map(({ name, key }) => [name, `${key.kind}:${key.secret ?? key.privateKey}`] as const),
  )

  test('what the service takes is signed here byte for byte', async () => {
    const signed = vectors.vectors.filter((vector) => vector.signed === true)
    expect(signed.length).toBeGreaterThan(8)
    for (const { claims, token, name } of signed) {
      expect(await signAsNamed(claims!, keys.get(claims!.aud)!), name).toBe(token)
    }
  })

  test('C4 each host’s key signs what its own verifier takes', () => {
    for (const { name, key } of vectors.hosts) {
      const token = createSigner({ host: name, key: keys.get(name)! }).sign('vera')
      expect(claimsIn(token, name, verifierKey(key))).toMatchObject({ sub: 'vera' })
    }
  })

  test('C11 nicknames that the service refuses are not signed', () => {
    const signer = createSigner({ host: 'vehno', key: hmacKey })
    const refused = vectors.vectors.filter(({ name }) => name.startsWith('a nickname'))
    expect(refused.length).toBeGreaterThan(4)
    for (const { token, name } of refused) {
      const { sub } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
      expect(() => signer.sign(sub), name).toThrow(TypeError)
    }
  })
})

test('C11 of every character, host and service think alike', async () => {
  const { checkNickname } = await import(`${import.meta.dirname}/nickname.js`)
  const taken = (nickname: string) => {
    try {
      return checkNickname(nickname) === nickname
    } catch {
      return false
    }
  }
  const differing: string[] = []
  for (let code = 0; code <= 0x1ffff; code += 1) {
    const nickname = String.fromCodePoint(code)
    if (taken(nickname) !== (parseNickname(nickname) !== undefined)) differing.push(nickname)
  }
  expect(differing).toEqual([])
})

test('C4 each token is new, and holds for as long as was said', () => {
  const signer = createSigner({ host: 'vehno', key: hmacKey, lifetimeSeconds: 900 })
  const all = Array.from({ length: 1000 }, () => claimsIn(signer.sign('vera'), 'vehno', hmac))
  expect(new Set(all.map((claims) => (typeof claims === 'string' ? claims : claims.jti))).size).toBe(1000)
  for (const claims of all) {
    if (typeof claims === 'string') throw new Error(claims)
    expect(claims.exp - claims.iat).toBe(900)
    expect(Math.abs(claims.iat - Date.now() / 1000)).toBeLessThan(600)
  }
})

test.each([
  ['no kind', 'A'.repeat(43)],
  ['another kind', `hmac-sha512:${'A'.repeat(43)}`],
  ['31 bytes', `hmac-sha256:${Buffer.alloc(31).toString('base64url')}`],
  ['65 bytes', `hmac-sha256:${Buffer.alloc(65).toString('base64url')}`],
  ['unused bits that are not zero', `hmac-sha256:${'A'.repeat(42)}B`],
  ['padding', `hmac-sha256:${'A'.repeat(43)}=`],
  ['base64 of the other alphabet', `hmac-sha256:${'+'.repeat(43)}`],
  ['nothing', ''],
  ['33 bytes of Ed25519', `ed25519:${'A'.repeat(44)}`],
])('C4 a key with %s is refused, and not shown', (_, key) => {
  expect(() => createSigner({ host: 'vehno', key })).toThrow(TypeError)
  try {
    createSigner({ host: 'vehno', key })
  } catch (error) {
    expect(String((error as Error).stack)).not.toContain('AAAA')
  }
})

test.each(['', 'Vehno', 'вехно', ' vehno', 'v'.repeat(41), '1c'])('a host %o is refused', (host) => {
  expect(() => createSigner({ host, key: hmacKey })).toThrow('host is the name')
})

test.each([0, -1, 901, 1.5, Number.NaN, '300'])('a lifetime of %o is refused', (lifetimeSeconds) => {
  const options = { host: 'vehno', key: hmacKey, lifetimeSeconds: lifetimeSeconds as number }
  expect(() => createSigner(options)).toThrow('lifetimeSeconds')
})

test('C11 what is no nickname is refused, and not shown', () => {
  const signer = createSigner({ host: 'vehno', key: hmacKey })
  for (const bad of ['', 'тайна\n', ' тайна', 'тай\u200bна', 'e\u0301тайна', 'тайна'.repeat(31), 7, null]) {
    expect(() => signer.sign(bad as string)).toThrow(/^a nickname (?!.*тайна)/)
  }
})

test('C1 a nickname is never markup in the bell’s element', () => {
  const signer = createSigner({ host: 'vehno', key: hmacKey })
  const nickname = `"'><script>alert(1)</script>&amp;`
  const html = bellHtml(signer, nickname, { src: 'https://a.example/nichatka/', tokenUrl: '/token?a=1&b="' })
  expect(html).toMatch(
    /^<nichatka-bell user="[^"<>]*" token="v1\.[\w.-]+" src="[^"<>]*" token-url="[^"<>]*"><\//,
  )
  const plain = bellHtml(signer, 'vera', { src: '/nichatka/', tokenUrl: '/token', interval: 60, lang: 'en' })
  expect(plain).toMatch(/ src="\/nichatka\/" token-url="\/token" interval="60" lang="en"><\/nichatka-bell>$/)
  expect(html).toContain('user="&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"')
})

/** By the module behind `createSigner`, which chooses time and nonce by itself. */
async function signAsNamed(claims: object, key: string): Promise<string> {
  const [{ signClaims }, { readKey }] = await Promise.all([
    import(`${import.meta.dirname}/signer.js`),
    import(`${import.meta.dirname}/key.js`),
  ])
  return signClaims(readKey(key), claims)
}

function verifierKey(key: { kind: string; secret?: string; publicKey?: string }): HostKey {
  if (key.kind === 'hmac-sha256')
    return { kind: 'hmac-sha256', secret: Buffer.from(key.secret!, 'base64url') }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.publicKey! }
  return { kind: 'ed25519', publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }
}
