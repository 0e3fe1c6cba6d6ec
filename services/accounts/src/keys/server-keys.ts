/**
 * The keys of the server that accounts holds, made at the first start. Each serves one purpose (attack A18).
 * Losing them locks everybody out: they belong to the backup (B2).
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { utf8 } from '@veche/protocol'
import type { TokenSigningKey } from '@veche/service-kit'
import { createOpaqueSetup } from '../login/opaque.ts'
import { createSigningKey, openSigningKey, type SigningKey } from './ed25519.ts'
import type { SealedSecrets } from './sealed-secrets.ts'

export interface ServerKeys {
  /** In links and codes, and what clients pin. */
  readonly identity: SigningKey
  /** Signs access tokens. */
  readonly token: SigningKey & TokenSigningKey
  /** OPAQUE's server setup, as its library writes it. */
  readonly opaqueSetup: string
  readonly challenge: HmacKey
  /** Gives unknown handles an OPAQUE user identifier (attack B1). */
  readonly unknownHandle: HmacKey
  /** Names the buckets of guesses (B4). */
  readonly guesses: HmacKey
}

/** HMAC-SHA-256 under a key of its own: 32 bytes. */
export type HmacKey = (message: Uint8Array) => Uint8Array

export async function openServerKeys(secrets: SealedSecrets): Promise<ServerKeys> {
  const setup = await createOpaqueSetup()
  const token = openSigningKey(await secrets.ensure('token-key', createSigningKey))
  return {
    identity: openSigningKey(await secrets.ensure('identity-key', createSigningKey)),
    token: { ...token, keyId: createHash('sha256').update(token.publicKey).digest().subarray(0, 8) },
    opaqueSetup: Buffer.from(await secrets.ensure('opaque-setup-1', () => utf8(setup))).toString(),
    challenge: await openHmacKey(secrets, 'challenge-key'),
    unknownHandle: await openHmacKey(secrets, 'unknown-handle-key'),
    guesses: await openHmacKey(secrets, 'guess-key'),
  }
}

async function openHmacKey(secrets: SealedSecrets, name: string): Promise<HmacKey> {
  const key = await secrets.ensure(name, () => randomBytes(32))
  return (message) => createHmac('sha256', key).update(message).digest()
}
