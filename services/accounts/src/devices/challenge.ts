/**
 * Challenges for a device's proof. The server keeps none: each carries its end and is authentic by an HMAC that
 * binds it to this server's identity. A proof may be used again within the minute, by whoever sees it, which is
 * inside TLS alone, and then gains what its answer held.
 *
 * challenge = end (8 bytes, milliseconds since 1970) || random (16) || HMAC-SHA-256(server identity key || those)
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { concatBytes } from '@veche/protocol'
import type { ServerKeys } from '../keys/server-keys.ts'

export const CHALLENGE_LIFETIME_MS = 60_000

const STATED_BYTES = 24
const CHALLENGE_BYTES = STATED_BYTES + 32

export function createChallenge(keys: ServerKeys, nowMs: number): Uint8Array<ArrayBuffer> {
  const end = Buffer.alloc(8)
  end.writeBigUInt64BE(BigInt(nowMs + CHALLENGE_LIFETIME_MS))
  const stated = concatBytes(end, randomBytes(16))
  return concatBytes(stated, authenticate(keys, stated))
}

/** Whether this server made the challenge within the last minute. */
export function isFresh(keys: ServerKeys, challenge: Uint8Array, nowMs: number): boolean {
  if (challenge.length !== CHALLENGE_BYTES) return false
  const stated = challenge.subarray(0, STATED_BYTES)
  if (!timingSafeEqual(challenge.subarray(STATED_BYTES), authenticate(keys, stated))) return false
  return new DataView(stated.buffer, stated.byteOffset).getBigUint64(0) > BigInt(nowMs)
}

function authenticate(keys: ServerKeys, stated: Uint8Array): Uint8Array {
  return keys.challenge(concatBytes(keys.identity.publicKey, stated))
}
