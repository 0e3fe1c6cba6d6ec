/**
 * Runs when a call's headers are here and before anything of its body is read: who calls, and whether not too
 * often. An RPC needs an access token unless its service lists it as public: default deny.
 */
import type { DescMethod } from '@bufbuild/protobuf'
import { Code, type ConnectError, type HandlerContext } from '@connectrpc/connect'
import type { Clock } from '../clock.ts'
import { type BucketRule, isUnlimited, type RateLimiter } from '../limits/rate-limiter.ts'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import type { TokenKeys } from '../token/access-token.ts'
import type { EndedDevices } from '../token/ended-devices.ts'
import { principalKey } from '../token/principal.ts'
import { TokenVerifier } from '../token/token-verifier.ts'
import { callerAddressKey } from './caller-address.ts'
import { RpcError, toConnectError } from './rpc-error.ts'

export interface RequestGateOptions {
  readonly isPublic: (method: DescMethod) => boolean
  readonly keys: TokenKeys
  /** Devices whose tokens are refused though they live; none by default. */
  readonly ended?: Pick<EndedDevices, 'has'>
  readonly clock: Clock
  readonly limiter: RateLimiter
  /** Calls with a token, for each account. */
  readonly accountRule: BucketRule
  /** Calls without one, for each address. */
  readonly addressRule: BucketRule
  readonly log: Logger
}

const events = logEvents({ gate_failed: { rpc: 'rpc', error: 'error' } })

export function requestGate(options: RequestGateOptions): (context: HandlerContext) => Promise<void> {
  const tokens = new TokenVerifier(options.keys)
  return async (context) => {
    try {
      await admit(options, tokens, context)
    } catch (error) {
      throw toRefusal(error, options.log, context.method)
    }
  }
}

async function admit(
  options: RequestGateOptions,
  tokens: TokenVerifier,
  context: HandlerContext,
): Promise<void> {
  if (options.isPublic(context.method)) {
    const address = context.values.get(callerAddressKey)
    return spend(options.limiter, options.addressRule, `address ${address}`)
  }
  const token = bearerToken(context.requestHeader)
  if (token === undefined) throw new RpcError(Code.Unauthenticated, 'token_missing')
  const principal = await tokens.verify(token, options.clock.nowMs())
  if (options.ended?.has(principal)) throw new RpcError(Code.Unauthenticated, 'token_invalid')
  await spend(options.limiter, options.accountRule, `account ${principal.accountId}`)
  context.values.set(principalKey, principal)
}

function bearerToken(header: Headers): string | undefined {
  const [scheme, token, ...rest] = (header.get('authorization') ?? '').split(' ')
  return scheme?.toLowerCase() === 'bearer' && rest.length === 0 ? token : undefined
}

async function spend(limiter: RateLimiter, rule: BucketRule, key: string): Promise<void> {
  if (isUnlimited(rule)) return
  const { retryAfterMs } = await limiter.take(rule, key)
  if (retryAfterMs > 0) throw new RpcError(Code.ResourceExhausted, 'too_many_calls', { retryAfterMs })
}

function toRefusal(error: unknown, log: Logger, rpc: DescMethod): ConnectError {
  if (error instanceof RpcError) return toConnectError(error)
  log.error(events.gate_failed, { rpc, error })
  return toConnectError(new RpcError(Code.Unavailable, 'keys_unavailable', { retryAfterMs: 1000 }))
}
