/**
 * What follows from the account secret. Each key has a label of its own, so no two purposes share one (attack A18).
 * The secret lives only while an account is made or signed in to: afterwards a device keeps its own keys, the notes key
 * and the public key of the backup.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { openSealed } from '@veche/mls'
import { AccountId, concatBytes, keyPairFromSeed, type Label, labelled, sign, utf8 } from '@veche/protocol'

export interface AccountKeys {
  readonly accountId: AccountId
  /** 32 bytes, Ed25519. */
  readonly accountKey: Uint8Array
  /** 32 bytes, X25519, public. */
  readonly backupKey: Uint8Array
  /** 32 bytes: encrypts what the account's devices agree on among themselves; each keeps it. */
  readonly notesKey: Uint8Array
  /** Opens what was sealed to the backup key, for a purpose. @throws DecodeError */
  openBackup(purpose: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>
  /** Signs as the account. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
  /** Overwrites what signs and opens; the public keys stay. */
  wipe(): void
}

/** @param secret 32 bytes; the caller wipes it */
export async function deriveAccountKeys(secret: Uint8Array): Promise<AccountKeys> {
  const seed = derive(secret, 'veche account signing key v1')
  const backupSeed = derive(secret, 'veche account backup key v1')
  const accountKey = (await keyPairFromSeed(seed)).publicKey
  const backupKey = await x25519PublicKeyOf(backupSeed)
  return {
    accountId: AccountId.fromBytes(sha256(labelled('veche account id v1', accountKey))),
    accountKey,
    backupKey,
    notesKey: derive(secret, 'veche notes key v1'),
    sign: (bytes) => sign(seed, bytes),
    openBackup: (purpose, sealed) => openSealed(backupSeed, purpose, sealed),
    wipe: () => {
      seed.fill(0)
      backupSeed.fill(0)
    },
  }
}

/** HKDF-SHA-256 (RFC 5869) without a salt, with the label as info. */
export function derive(secret: Uint8Array, label: Label): Uint8Array {
  return hkdf(sha256, secret, undefined, utf8(label), 32)
}

/** The PKCS #8 frame of an X25519 private key (RFC 8410 section 7). */
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32)

export async function x25519PublicKeyOf(privateKey: Uint8Array): Promise<Uint8Array> {
  const frame = concatBytes(PKCS8_PREFIX, privateKey)
  const key = await crypto.subtle.importKey('pkcs8', frame, 'X25519', true, ['deriveBits'])
  const { x } = await crypto.subtle.exportKey('jwk', key)
  frame.fill(0)
  return Uint8Array.from(atob(x!.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}
