import { Code, type Queryable, RpcError } from '@veche/service-kit'
import { isHandleTaken } from '../database/accounts.ts'
import { type Handle, handleSkeleton } from '../names/handle.ts'
import { isReserved } from '../names/reserved-names.ts'

/** Only for callers who may register. @throws RpcError ALREADY_EXISTS handle_taken */
export async function ensureHandleAvailable(database: Queryable, handle: Handle): Promise<void> {
  if (isReserved(handle) || (await isHandleTaken(database, handleSkeleton(handle)))) {
    throw handleTaken()
  }
}

/** Taken, reserved, or too much like another: these are not told apart. */
export function handleTaken(): RpcError {
  return new RpcError(Code.AlreadyExists, 'handle_taken')
}
