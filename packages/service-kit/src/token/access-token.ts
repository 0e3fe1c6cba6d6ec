/** Access tokens: signed by accounts, verified locally by every service. The format is in token.proto. */
import { type KeyObject, sign, verify } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { Code } from '@connectrpc/connect'
import {
  AccountId,
  concatBytes,
  DecodeError,
  DeviceId,
  decodeCanonical,
  encodeMessage,
  labelled,
} from '@veche/protocol'
import { AccessTokenSchema } from '@veche/protocol/gen/common/v1/token_pb.js'
import { RpcError } from '../rpc/rpc-error.ts'
import type { Principal } from './principal.ts'

export const accessTokenLifetimeMs = 10 * 60_000
export const clockSkewMs = 60_000
const signatureBytes = 64
const keyIdBytes = 8
const maxTokenBytes = 160
const maxTokenCharacters = Math.ceil((maxTokenBytes * 4) / 3)

export interface TokenSigningKey {
  /** 8 bytes. */
  readonly keyId: Uint8Array
  /** Ed25519. */
  readonly privateKey: KeyObject
}

/** Where a verifier finds accounts' public keys. */
export interface TokenKeys {
  /** @param keyId 8 bytes. Undefined where accounts has no such key. */
  find(keyId: Uint8Array): Promise<KeyObject | undefined>
}

/** A token for one device, good for ten minutes from `nowMs`. */
export function issueAccessToken(
  key: TokenSigningKey,
  holder: { readonly accountId: AccountId; readonly deviceId: DeviceId },
  nowMs: number,
): string {
  if (key.keyId.length !== keyIdBytes) throw new TypeError(`a key id has ${keyIdBytes} bytes`)
  const claims = encodeMessage(
    AccessTokenSchema,
    create(AccessTokenSchema, {
      keyId: Uint8Array.from(key.keyId),
      accountId: AccountId.toBytes(holder.accountId),
      deviceId: DeviceId.toBytes(holder.deviceId),
      expiresAtMs: BigInt(nowMs + accessTokenLifetimeMs),
    }),
  )
  const signature = sign(null, labelled('veche access token v1', claims), key.privateKey)
  return Buffer.from(concatBytes(claims, signature)).toString('base64url')
}

/**
 * @throws RpcError UNAUTHENTICATED token_invalid (malformed, unknown key, wrong signature, or from further in the
 * future than a token lives) or token_expired (renew it and call again)
 */
export async function verifyAccessToken(keys: TokenKeys, token: string, nowMs: number): Promise<Principal> {
  const { claims, claimsBytes, signature } = decodeToken(token)
  const key = await keys.find(claims.keyId)
  if (key === undefined || !verify(null, labelled('veche access token v1', claimsBytes), key, signature)) {
    throw new RpcError(Code.Unauthenticated, 'token_invalid')
  }
  const principal = {
    accountId: AccountId.fromBytes(claims.accountId),
    deviceId: DeviceId.fromBytes(claims.deviceId),
    expiresAtMs: Number(claims.expiresAtMs),
  }
  if (principal.expiresAtMs + clockSkewMs <= nowMs) throw new RpcError(Code.Unauthenticated, 'token_expired')
  if (isFromFuture(principal, nowMs)) throw new RpcError(Code.Unauthenticated, 'token_invalid')
  return principal
}

/** Whether it ends later than any token that is issued now. */
export function isFromFuture({ expiresAtMs }: Pick<Principal, 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs - clockSkewMs > nowMs + accessTokenLifetimeMs
}

function decodeToken(token: string) {
  try {
    if (token.length > maxTokenCharacters || !/^[A-Za-z0-9_-]+$/.test(token))
      throw new DecodeError('token: malformed')
    const bytes = Buffer.from(token, 'base64url')
    // The last character of base64 may carry unused bits: one token has one spelling.
    if (bytes.toString('base64url') !== token) throw new DecodeError('token: not canonical')
    const claimsBytes = Uint8Array.from(bytes.subarray(0, -signatureBytes))
    const claims = decodeCanonical(AccessTokenSchema, claimsBytes, maxTokenBytes)
    if (claims.keyId.length !== keyIdBytes) throw new DecodeError('token: key id')
    AccountId.fromBytes(claims.accountId)
    DeviceId.fromBytes(claims.deviceId)
    return { claims, claimsBytes, signature: bytes.subarray(-signatureBytes) }
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RpcError(Code.Unauthenticated, 'token_invalid', { cause })
    throw cause
  }
}
