import { Code, RpcError } from '@veche/service-kit'

const HANDLE = /^[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9]$/

/** @throws RpcError INVALID_ARGUMENT handle_invalid */
export function ensureHandle(handle: string): void {
  if (handle.length > 32 || !HANDLE.test(handle)) throw new RpcError(Code.InvalidArgument, 'handle_invalid')
}
