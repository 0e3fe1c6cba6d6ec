/** What callers send, read: what is not as it must be refuses the call with its reason. */
import { AccountId, DecodeError, DeviceId } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { type Handle, parseHandle } from './names/handle.ts'

/** Gives what `read` gives; its DecodeError becomes a refusal. */
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

/** @throws RpcError INVALID_ARGUMENT device_id_invalid */
export function readDeviceId(bytes: Uint8Array): Promise<DeviceId> {
  return refusing(Code.InvalidArgument, 'device_id_invalid', () => DeviceId.fromBytes(bytes))
}

/** @throws RpcError INVALID_ARGUMENT handle_invalid */
export function readHandle(text: string): Handle {
  const handle = parseHandle(text)
  if (handle === undefined) throw new RpcError(Code.InvalidArgument, 'handle_invalid')
  return handle
}
