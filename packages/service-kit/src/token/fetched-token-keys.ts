import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { TokenKeys } from './access-token.ts'

export interface FetchedKey {
  /** 8 bytes. */
  readonly keyId: Uint8Array
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array
}

const refreshAfterMs = 5 * 60_000
const retryAfterMs = 2_000

/**
 * accounts' keys, kept for five minutes and asked for again when an unknown one turns up, though not more often
 * than each two seconds: unknown key ids cost an attacker nothing.
 */
export class FetchedTokenKeys implements TokenKeys {
  readonly #fetch: () => Promise<readonly FetchedKey[]>
  readonly #clock: Clock
  #keys: ReadonlyMap<string, KeyObject> = new Map()
  #fetchedAtMs = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined

  /** @param fetch GetTokenKeys of accounts */
  constructor(fetch: () => Promise<readonly FetchedKey[]>, clock: Clock) {
    this.#fetch = fetch
    this.#clock = clock
  }

  async find(keyId: Uint8Array): Promise<KeyObject | undefined> {
    const name = nameOf(keyId)
    const ageMs = Math.abs(this.#clock.nowMs() - this.#fetchedAtMs)
    if (ageMs > refreshAfterMs || (!this.#keys.has(name) && ageMs > retryAfterMs)) await this.#refresh()
    return this.#keys.get(name)
  }

  #refresh(): Promise<void> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetchOnce(): Promise<void> {
    const keys = await this.#fetch()
    this.#keys = new Map(keys.map(({ keyId, publicKey }) => [nameOf(keyId), ed25519PublicKey(publicKey)]))
    this.#fetchedAtMs = this.#clock.nowMs()
  }
}

function nameOf(keyId: Uint8Array): string {
  return Buffer.from(keyId).toString('hex')
}

/** @param bytes 32, as in RFC 8032 */
export function ed25519PublicKey(bytes: Uint8Array): KeyObject {
  const x = Buffer.from(bytes).toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}
