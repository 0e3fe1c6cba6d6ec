/**
 * Verifies tokens and remembers those it has verified until they expire: a widget asks with the same token for minutes,
 * and a signature costs more than all else of a status request.
 */
import { RecentlyUsed } from '../recently-used.ts'
import type { Claims } from './claims.ts'
import { type TokenFault, type TokenHost, timeFault, verifyToken } from './token.ts'

const maxRemembered = 16_384

/** What a good token says, with the host it comes from. The same object each time while it is remembered. */
export interface Vouched<Host> {
  readonly kind: 'verified'
  readonly claims: Claims
  readonly host: Host
}

export class TokenVerifier<Host extends TokenHost> {
  readonly #find: (name: string) => Host | undefined
  readonly #remembered = new RecentlyUsed<string, Vouched<Host>>(maxRemembered)

  constructor(find: (name: string) => Host | undefined) {
    this.#find = find
  }

  verify(token: string, nowMs: number): Vouched<Host> | { readonly kind: TokenFault } {
    const known = this.#remembered.get(token)
    const verified = this.#holds(known) ? known : verifyToken(token, this.#find)
    if (verified.kind !== 'verified') return verified
    const fault = timeFault(verified.claims, nowMs)
    if (fault !== undefined) return { kind: fault }
    if (verified !== known) this.#remembered.set(token, verified)
    return verified
  }

  /** A host that was taken out, or has another key since, speaks for nobody any more. */
  #holds(known: Vouched<Host> | undefined): known is Vouched<Host> {
    return known !== undefined && this.#find(known.claims.aud) === known.host
  }
}
