/** A transport whose errors are this package's own: the server was not reached, or it said no. */
import type { DescMessage } from '@bufbuild/protobuf'
import { Code, ConnectError, type StreamResponse, type Transport } from '@connectrpc/connect'
import { ErrorReasonSchema } from '@veche/protocol/gen/common/v1/error_pb.js'
import { RefusedError, UnreachableError } from './errors.ts'

/** Of a unary call that names none. */
const UNARY_TIMEOUT_MS = 20_000

/** Every unary call gets a deadline; every failure is an UnreachableError or a RefusedError. */
export function withOwnErrors(transport: Transport): Transport {
  return {
    async unary(method, signal, timeoutMs = UNARY_TIMEOUT_MS, header, input, contextValues) {
      try {
        return await transport.unary(method, signal, timeoutMs, header, input, contextValues)
      } catch (error) {
        throw toOwnError(error)
      }
    },
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      try {
        const response = await transport.stream(method, signal, timeoutMs, header, input, contextValues)
        return { ...response, message: mapErrors(response.message) }
      } catch (error) {
        throw toOwnError(error)
      }
    },
  }
}

async function* mapErrors<O extends DescMessage>(messages: StreamResponse<DescMessage, O>['message']) {
  try {
    yield* messages
  } catch (error) {
    throw toOwnError(error)
  }
}

/** Codes of a server that could not be asked, or gave no answer of its own. */
const UNREACHED: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.Canceled,
  Code.Aborted,
  Code.Unknown,
  Code.Internal,
  Code.DataLoss,
])

export function toOwnError(error: unknown): UnreachableError | RefusedError {
  if (error instanceof UnreachableError || error instanceof RefusedError) return error
  const cause = ConnectError.from(error)
  const [detail] = cause.findDetails(ErrorReasonSchema)
  const retryAfterMs = Number(detail?.retryAfterMs ?? 0n)
  if (detail && cause.code !== Code.Unavailable)
    return new RefusedError(detail.reason, { cause, retryAfterMs })
  if (detail || UNREACHED.has(cause.code)) return new UnreachableError(undefined, { cause, retryAfterMs })
  return new RefusedError(Code[cause.code].toLowerCase(), { cause })
}
