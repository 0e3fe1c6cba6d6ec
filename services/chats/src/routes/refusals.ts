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
  invite_unknown: Code.NotFound,
  invite_expired: Code.FailedPrecondition,
  invite_used_up: Code.FailedPrecondition,
}

/** Why an entry was not stored, as the caller gets it. */
export function refusalError(reason: Refusal): RpcError {
  return new RpcError(CODES[reason], reason)
}

/** A chat id from outside: one that cannot be is unknown like any other. @throws RpcError NOT_FOUND */
export function readChatId(
  bytes: Uint8Array,
  reason: 'chat_unknown' | 'request_unknown' | 'invite_unknown' = 'chat_unknown',
): ChatId {
  return decodeChatId(bytes, Code.NotFound, reason)
}

/** A chat id that the caller has chosen: no commit is for one that cannot be. @throws RpcError INVALID_ARGUMENT */
export function readNewChatId(bytes: Uint8Array): ChatId {
  return decodeChatId(bytes, Code.InvalidArgument, 'commit_invalid')
}

function decodeChatId(bytes: Uint8Array, code: Code, reason: string): ChatId {
  try {
    return ChatId.fromBytes(bytes)
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RpcError(code, reason, { cause })
    throw cause
  }
}
