/** What an administrator of the server may do (M24). Others are refused: `not_administrator`. */
import type { Server } from '@veche/sync'
import { nameOf, REGISTRATION, type Registration } from './views.ts'

export interface Invite {
  /** "vr-" and 26 characters; shown this once. */
  readonly code: string
  readonly link: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export class Administration {
  readonly #server: () => Server
  readonly #complete: (link: string) => string

  /** @param server throws while there is no account; `complete` adds to a link what its reader needs besides */
  constructor(server: () => Server, complete: (link: string) => string) {
    this.#server = server
    this.#complete = complete
  }

  async getRegistration(): Promise<Registration> {
    const { registration } = await this.#server().registration.getRegistration({})
    return nameOf(REGISTRATION, registration, 'invite')
  }

  async setRegistration(policy: Registration): Promise<Registration> {
    const { registration } = await this.#server().registration.setRegistration({
      registration: REGISTRATION[policy],
    })
    return nameOf(REGISTRATION, registration, 'invite')
  }

  /** @param uses 1 to 10,000, 1 by default; `lifetimeMs` up to 365 days, 7 days by default */
  async createInvite({
    uses = 0,
    lifetimeMs = 0,
  }: {
    uses?: number
    lifetimeMs?: number
  } = {}): Promise<Invite> {
    const request = { uses, lifetimeMs: BigInt(lifetimeMs) }
    const { code, link, expiresAtMs } = await this.#server().registration.createInvite(request)
    return { code, link: this.#complete(link), expiresAt: Number(expiresAtMs) }
  }
}
