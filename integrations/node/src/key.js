// @ts-check
import { createHmac, createPrivateKey, sign } from 'node:crypto'

const minHmacKeyBytes = 32
const maxHmacKeyBytes = 64
const ed25519KeyBytes = 32

/** What stands before the 32 bytes of a private Ed25519 key in PKCS #8 (RFC 8410 §7). */
const pkcs8Start = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * @param {string} text `hmac-sha256:<base64url>`, or `ed25519:<base64url of the private key's 32 bytes>`
 * @returns {(message: string) => Buffer} what signs with it
 * @throws {TypeError} that says what is wrong, and never the key
 */
export function readKey(text) {
  const [, kind, encoded = ''] = /^(hmac-sha256|ed25519):(.*)$/.exec(String(text).trim()) ?? []
  if (kind === undefined) throw new TypeError('a key begins with hmac-sha256: or ed25519:')
  const key = Buffer.from(encoded, 'base64url')
  if (key.toString('base64url') !== encoded) {
    throw new TypeError('the part of a key after the colon is base64url without padding')
  }
  return kind === 'ed25519' ? ed25519(key) : hmac(key)
}

/** @param {Buffer} key */
function hmac(key) {
  if (key.length < minHmacKeyBytes || key.length > maxHmacKeyBytes) {
    throw new TypeError('an HMAC key has 32 to 64 bytes')
  }
  return (/** @type {string} */ message) => createHmac('sha256', key).update(message).digest()
}

/** @param {Buffer} key */
function ed25519(key) {
  if (key.length !== ed25519KeyBytes) throw new TypeError('a private Ed25519 key has 32 bytes')
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Start, key]),
    format: 'der',
    type: 'pkcs8',
  })
  return (/** @type {string} */ message) => sign(null, Buffer.from(message), privateKey)
}
