/**
 * Verifies access tokens and remembers those it has verified until they end: one signature costs more than all else
 * of a small call. Whether its device has ended meanwhile is not asked here: see ended-devices.ts.
 */
import { Code, RpcError } from '../rpc/rpc-error.ts'
import { clockSkewMs, isFromFuture, type TokenKeys, verifyAccessToken } from './access-token.ts'
import type { Principal } from './principal.ts'

const MAX_REMEMBERED = 16_384

export class TokenVerifier {
  readonly #keys: TokenKeys
  /** The oldest first. */
  readonly #verified = new Map<string, Principal>()

  constructor(keys: TokenKeys) {
    this.#keys = keys
  }

  /** @throws RpcError UNAUTHENTICATED token_invalid or token_expired, as `verifyAccessToken` */
  async verify(token: string, nowMs: number): Promise<Principal> {
    const known = this.#verified.get(token)
    if (!known) return this.#remember(token, await verifyAccessToken(this.#keys, token, nowMs))
    // A clock that has gone back makes it one from the future: nothing that is remembered may outlive its lifetime.
    if (isFromFuture(known, nowMs)) {
      this.#verified.delete(token)
      throw new RpcError(Code.Unauthenticated, 'token_invalid')
    }
    if (known.expiresAtMs + clockSkewMs > nowMs) return known
    this.#verified.delete(token)
    throw new RpcError(Code.Unauthenticated, 'token_expired')
  }

  #remember(token: string, principal: Principal): Principal {
    this.#verified.set(token, principal)
    if (this.#verified.size > MAX_REMEMBERED) this.#verified.delete(this.#verified.keys().next().value!)
    return principal
  }
}
