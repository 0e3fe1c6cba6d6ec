/**
 * Access tokens: asked for with a proof of the device's key, renewed at half their life. Lifetimes are durations, so
 * that a device with a wrong clock works; the clock here is one that only goes forward.
 */
import type { Client } from '@connectrpc/connect'
import { AccountId, DeviceId, labelled, sign } from '@veche/protocol'
import type { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'

export interface TokenIdentity {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  /** 32 bytes, pinned. */
  readonly serverIdentityKey: Uint8Array
  readonly signaturePrivateKey: Uint8Array
}

const MAX_CHALLENGE_BYTES = 128
const MAX_LIFETIME_MS = 24 * 60 * 60_000

export class AccessTokens {
  readonly #accounts: Pick<Client<typeof AccountsService>, 'createChallenge' | 'createAccessToken'>
  readonly #identity: TokenIdentity
  readonly #monotonicMs: () => number
  #token: { readonly text: string; readonly renewAtMs: number } | undefined
  #asking: Promise<string> | undefined

  /** @param monotonicMs milliseconds from any start, never going back */
  constructor(
    accounts: Pick<Client<typeof AccountsService>, 'createChallenge' | 'createAccessToken'>,
    identity: TokenIdentity,
    monotonicMs: () => number = () => performance.now(),
  ) {
    this.#accounts = accounts
    this.#identity = identity
    this.#monotonicMs = monotonicMs
  }

  /** A token with at least half its life left. One is asked for at a time. @throws UnreachableError, RefusedError */
  async get(): Promise<string> {
    if (this.#token && this.#monotonicMs() < this.#token.renewAtMs) return this.#token.text
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** The server does not accept the token any more. */
  forget(): void {
    this.#token = undefined
  }

  async #ask(): Promise<string> {
    const askedAtMs = this.#monotonicMs()
    const { challenge } = await this.#accounts.createChallenge({})
    const accountId = AccountId.toBytes(this.#identity.accountId)
    const deviceId = DeviceId.toBytes(this.#identity.deviceId)
    const { serverIdentityKey, signaturePrivateKey } = this.#identity
    if (challenge.length > MAX_CHALLENGE_BYTES) throw new RangeError('the challenge is too long')
    const proof = labelled('veche device proof v1', serverIdentityKey, accountId, deviceId, challenge)
    const signature = await sign(signaturePrivateKey, proof)
    const answer = await this.#accounts.createAccessToken({ challenge, accountId, deviceId, signature })
    const lifetimeMs = Math.min(Number(answer.lifetimeMs), MAX_LIFETIME_MS)
    this.#token = { text: answer.accessToken, renewAtMs: askedAtMs + lifetimeMs / 2 }
    return answer.accessToken
  }
}
