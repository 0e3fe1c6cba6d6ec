import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { ErrorReasonSchema } from '@veche/protocol/gen/common/v1/error_pb.js'

export { Code }

/**
 * The one error by which a service refuses a call. It holds nothing but what the caller may see: a code and a
 * stable reason that the RPC names in its contract. `cause` stays here and gives the log its class name.
 */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: Code
  readonly reason: string
  /** When another try makes sense; undefined where waiting does not help. */
  readonly retryAfterMs: number | undefined

  constructor(code: Code, reason: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(reason, { cause: options.cause })
    this.code = code
    this.reason = reason
    this.retryAfterMs = options.retryAfterMs
  }
}

/** What leaves the server for an RpcError: its reason as an ErrorReason, and `retry-after` in whole seconds. */
export function toConnectError(error: RpcError): ConnectError {
  const retryAfterMs = Math.max(0, Math.ceil(error.retryAfterMs ?? 0))
  const headers = retryAfterMs > 0 ? { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } : undefined
  const detail = create(ErrorReasonSchema, { reason: error.reason, retryAfterMs: BigInt(retryAfterMs) })
  return new ConnectError(error.reason, error.code, headers, [{ desc: ErrorReasonSchema, value: detail }])
}

/** The reason that an error from another service (or a server) names; undefined when it names none. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof RpcError) return error.reason
  if (error instanceof ConnectError) return error.findDetails(ErrorReasonSchema)[0]?.reason
  return undefined
}
