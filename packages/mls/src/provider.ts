/**
 * The cryptography of MLS cipher suite 1, MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 (RFC 9420 section 17.1).
 * Ed25519, X25519 and AES-GCM are WebCrypto's. Hash, HMAC and HKDF are computed in place: MLS needs thousands of
 * tiny ones, and each call into WebCrypto costs more than the digest itself.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes, isSignedBy, newKeyPair, sign } from '@veche/protocol'
import type { CiphersuiteImpl } from 'ts-mls'
import { makeGenericHpke } from 'ts-mls/crypto/implementation/hpke.js'

export const SUITE_ID = 1
export const SUITE_NAME = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'

class SynchronousHkdf extends HkdfSha256 {
  override async extract(salt: ArrayBufferLike | ArrayBufferView, ikm: ArrayBufferLike | ArrayBufferView) {
    return extract(sha256, bytesOf(ikm), bytesOf(salt)).slice().buffer as ArrayBuffer
  }
  override async expand(
    prk: ArrayBufferLike | ArrayBufferView,
    info: ArrayBufferLike | ArrayBufferView,
    length: number,
  ) {
    return expand(sha256, bytesOf(prk), bytesOf(info), length).slice().buffer as ArrayBuffer
  }
}

/** A browser on WebKitGTK fails to make about one X25519 key in 256. The next is as good, and a device makes hundreds. */
class PatientKem extends DhkemX25519HkdfSha256 {
  override async generateKeyPair() {
    for (let tries = 1; ; tries++) {
      try {
        return await super.generateKeyPair()
      } catch (error) {
        if (tries === MAX_KEY_TRIES) throw error
      }
    }
  }
}

const MAX_KEY_TRIES = 5

const hpke = await makeGenericHpke(
  { kem: 'DHKEM-X25519-HKDF-SHA256', kdf: 'HKDF-SHA256', aead: 'AES128GCM' },
  { encrypt: encryptAesGcm, decrypt: decryptAesGcm },
  new CipherSuite({ kem: new PatientKem(), kdf: new SynchronousHkdf(), aead: new Aes128Gcm() }),
)

export const suite: CiphersuiteImpl = {
  name: SUITE_NAME,
  hpke,
  hash: {
    digest: async (data) => sha256(data),
    mac: async (key, data) => hmac(sha256, key, data),
    verifyMac: async (key, mac, data) => equalInConstantTime(hmac(sha256, key, data), mac),
  },
  kdf: {
    extract: async (salt, ikm) => extract(sha256, ikm, salt),
    expand: async (prk, info, length) => expand(sha256, prk, info, length),
    size: 32,
  },
  signature: {
    sign,
    verify: isSignedBy,
    keygen: async () => {
      const { privateKey, publicKey } = await newKeyPair()
      return { signKey: privateKey, publicKey }
    },
  },
  rng: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
}

async function encryptAesGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) {
  const cryptoKey = await importAesKey(key, 'encrypt')
  return new Uint8Array(
    await crypto.subtle.encrypt(gcm(nonce, aad), cryptoKey, plaintext as Uint8Array<ArrayBuffer>),
  )
}

async function decryptAesGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array) {
  const cryptoKey = await importAesKey(key, 'decrypt')
  return new Uint8Array(
    await crypto.subtle.decrypt(gcm(nonce, aad), cryptoKey, ciphertext as Uint8Array<ArrayBuffer>),
  )
}

function importAesKey(key: Uint8Array, use: 'encrypt' | 'decrypt') {
  return crypto.subtle.importKey('raw', key as Uint8Array<ArrayBuffer>, 'AES-GCM', false, [use])
}

function gcm(nonce: Uint8Array, aad: Uint8Array) {
  const [iv, additionalData] = [nonce as Uint8Array<ArrayBuffer>, aad as Uint8Array<ArrayBuffer>]
  return aad.length > 0 ? { name: 'AES-GCM', iv, additionalData } : { name: 'AES-GCM', iv }
}

/** Compares the digests of both sides, so that time tells nothing of where they differ. */
function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return equalBytes(sha256(a), sha256(b))
}

function bytesOf(data: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}
