import { AccountId, DecodeError } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'

/** Reads what a caller sent: bytes that are not what they must be refuse the call with this reason. */
export async function refusing<T>(code: Code, reason: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RpcError(code, reason, { cause })
    throw cause
  }
}

/** @throws RpcError INVALID_ARGUMENT account_id_invalid */
export function readAccountId(bytes: Uint8Array): Promise<AccountId> {
  return refusing(Code.InvalidArgument, 'account_id_invalid', () => AccountId.fromBytes(bytes))
}
