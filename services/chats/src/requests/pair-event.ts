import { Code, RpcError } from '@veche/service-kit'
import type { Pair } from '../database/pairs.ts'
import { nextPairState, type PairEvent } from './pair.ts'

/**
 * A pair after an event; the same object where nothing changes.
 * @param request what a new request is made of, where the event is one
 * @throws RpcError NOT_FOUND request_unknown where there is nothing that the account could answer or create
 */
export function applyEvent(pair: Pair, event: PairEvent, nowMs: number, request?: Pair): Pair {
  const transition = nextPairState(pair.state, event, nowMs)
  if (transition.kind === 'unknown') throw new RpcError(Code.NotFound, 'request_unknown')
  if (transition.kind === 'unchanged') return pair
  const { state, newRequest, notice } = transition
  // A row that was just made is the new request already. The pair's chat id stays the same for ever.
  const asked =
    newRequest && request && pair.state.kind !== 'none' ? { ...request, chatId: pair.chatId } : pair
  const { notice: untold, ...rest } = asked
  const due = notice ?? (state.kind === 'open' ? undefined : untold)
  return { ...rest, state, ...(due && { notice: due }) }
}
