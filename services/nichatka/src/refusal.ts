/** What a request is refused for; each is a code of the contract, and has its words. */
import { isOutOfSpace, isUnavailable, type Logger, logEvents } from '@veche/service-kit'
import type { TokenFault } from './token/token.ts'

export type Unauthorized =
  | TokenFault
  | 'token-missing'
  | 'user-missing'
  | 'user-differs'
  | 'field-missing'
  | 'field-wrong'
  | 'field-repeated'
  | 'field-unknown'
  | 'message-unknown'
  | 'group-unknown'
  | 'origin-unknown'
  | 'get-changes-off'
  | 'change-needs-url-token'

export type RefusalCode = Unauthorized | keyof typeof otherStatuses

const otherStatuses = {
  'path-unknown': 404,
  'method-unknown': 405,
  'body-too-large': 413,
  'too-many-requests': 429,
  failed: 500,
  'not-ready': 503,
} as const

/** Everything that is missing or wrong is 401 (N15–N18). */
export function statusOf(code: RefusalCode): number {
  return code in otherStatuses ? otherStatuses[code as keyof typeof otherStatuses] : 401
}

export interface RefusalDetails {
  /** The field that is missing or wrong. */
  readonly field?: string
  /** Of several things that may be wrong with it, which; has words of its own. */
  readonly reason?: 'nameTaken' | 'tooManyMembers'
  /** After how long the same request would be taken. */
  readonly retryAfterMs?: number
  /** The methods that there are. */
  readonly allow?: string
}

/** Thrown from wherever a request turns out to be wrong; answered in one place. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly details: RefusalDetails

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

export function wrong(field: string): Refusal {
  return new Refusal('field-wrong', { field })
}

const events = logEvents({ request_failed: { error: 'error' } })

/** What was thrown, as it is told: what nobody foresaw is logged and tells nothing. */
export function toRefusal(error: unknown, log: Logger): Refusal {
  if (error instanceof Refusal) return error
  log.error(events.request_failed, { error })
  const isTemporary = isUnavailable(error) || isOutOfSpace(error)
  return new Refusal(isTemporary ? 'not-ready' : 'failed', isTemporary ? { retryAfterMs: 5_000 } : {})
}
