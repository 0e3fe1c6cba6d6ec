// @ts-check
// Signs who a user is, as docs/wire/nichatka.md "The token" has it: `v1.<payload>.<signature>`. The kind of signature belongs
// to the key, and the token does not name it (attack C4).
import { randomBytes } from 'node:crypto'
import { readKey } from './key.js'
import { checkNickname } from './nickname.js'

const maxLifetimeSeconds = 900
const maxPayloadBytes = 1024
const hostItself = ''

/**
 * @param {import('./index.js').SignerOptions} options
 * @returns {import('./index.js').Signer}
 * @throws {TypeError} on a wrong name, key or lifetime
 */
export function createSigner({ host, key, lifetimeSeconds = 300 }) {
  if (typeof host !== 'string' || !/^[a-z][a-z0-9-]{0,39}$/.test(host)) {
    throw new TypeError('host is the name under which Nichatka knows this system: a-z 0-9 -, a letter first')
  }
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > maxLifetimeSeconds) {
    throw new TypeError('lifetimeSeconds is a whole number from 1 to 900')
  }
  const signBytes = readKey(key)
  const signFor = (/** @type {string} */ sub) => {
    const iat = Math.floor(Date.now() / 1000)
    const jti = randomBytes(16).toString('base64url')
    return signClaims(signBytes, { sub, aud: host, iat, exp: iat + lifetimeSeconds, jti })
  }
  return { host, sign: (nickname) => signFor(checkNickname(nickname)), signHost: () => signFor(hostItself) }
}

/**
 * @param {(message: string) => Buffer} signBytes
 * @param {{ sub: string, aud: string, iat: number, exp: number, jti: string }} claims in this order
 */
export function signClaims(signBytes, claims) {
  const payload = Buffer.from(JSON.stringify(claims))
  if (payload.length > maxPayloadBytes)
    throw new TypeError('the names of host and user are too long for a token')
  const signed = `v1.${payload.toString('base64url')}`
  return `${signed}.${signBytes(signed).toString('base64url')}`
}
