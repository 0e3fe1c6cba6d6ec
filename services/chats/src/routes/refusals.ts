import { ChatId, DecodeError } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import type { Refusal } from '../append/new-entry.ts'

const CODES: Record<Refusal, Code> = {
  chat_unknown: Code.NotFound,
  stale_epoch: Code.FailedPrecondition,
  epoch_conflict: Code.Aborted,
  commit_invalid: Code.InvalidArgument,
  entry_invalid: Code.InvalidArgument,
  not_allowed: Code.PermissionDenied,
  not_accepted: Code.PermissionDenied,
  blocked_by_you: Code.PermissionDenied,
}

/** Why an entry was not stored, as the caller gets it. */
export function refusalError(reason: Refusal): RpcError {
  return new RpcError(CODES[reason], reason)
}

/** A chat id from outside: one that cannot be is unknown like any other. @throws RpcError NOT_FOUND */
export function readChatId(
  bytes: Uint8Array,
  reason: 'chat_unknown' | 'request_unknown' = 'chat_unknown',
): ChatId {
  try {
    return ChatId.fromBytes(bytes)
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RpcError(Code.NotFound, reason, { cause })
    throw cause
  }
}
