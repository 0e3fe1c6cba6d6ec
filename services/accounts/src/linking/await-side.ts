import { Code, RpcError } from '@veche/service-kit'
import type { Linking } from './linking.ts'
import type { Linkings } from './linkings.ts'

const RETRY_AFTER_MS = 1000

/**
 * What was put down on one side, empty where it has not come in time.
 * @throws RpcError NOT_FOUND linking_unknown; UNAVAILABLE server_stopping
 */
export async function awaitSide(
  linkings: Linkings,
  linking: Linking | undefined,
  side: 'offer' | 'answer',
  caller: AbortSignal,
): Promise<Uint8Array> {
  if (!linking) throw linkingUnknown()
  const found = await linking.wait(side, linkings.waiting(caller))
  if (found) return found
  if (linking.isEnded) throw linkingUnknown()
  if (linkings.isStopping) {
    throw new RpcError(Code.Unavailable, 'server_stopping', { retryAfterMs: RETRY_AFTER_MS })
  }
  return new Uint8Array()
}

export function linkingUnknown(): RpcError {
  return new RpcError(Code.NotFound, 'linking_unknown')
}
