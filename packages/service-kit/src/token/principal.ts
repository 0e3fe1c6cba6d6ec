import { Code, createContextKey, type HandlerContext } from '@connectrpc/connect'
import type { AccountId, DeviceId } from '@veche/protocol'
import { RpcError } from '../rpc/rpc-error.ts'

/** Who calls: an account by one of its devices, as its access token says. */
export interface Principal {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  /** When the token ends, and with it a stream that was opened by it. */
  readonly expiresAtMs: number
}

export const principalKey = createContextKey<Principal | undefined>(undefined, { description: 'principal' })

/** The caller of an RPC that needs a token. @throws RpcError UNAUTHENTICATED token_missing */
export function principalOf(context: Pick<HandlerContext, 'values'>): Principal {
  const principal = context.values.get(principalKey)
  if (principal === undefined) throw new RpcError(Code.Unauthenticated, 'token_missing')
  return principal
}
