/**
 * What two accounts have agreed about a private chat between them: one state a pair, as a pure state machine.
 *
 *             request (confirm, forbidden)                 allow
 *      none ───────────────────────────────▶ pending ─────────────────▶ allowed ───create───▶ open
 *        │                                    │  │   crossing request     ▲ │
 *        │ request (allowed)                  │  └────────────────────────┘ │ refuse
 *        └────────────────────────────────────┼──────────▶ allowed          ▼
 *                                             └─────────refuse────────▶ refused ──(30 days, or the refuser asks)──▶ as none
 *
 * Invariants
 * - There is at most one request and one chat a pair (M14); `open` is final.
 * - In `allowed` both have consented, so no acceptance policy or block that changes later takes it back; a
 *   refusal by the one who was asked does (M19).
 * - A request to one who forbids is `pending` and not `shown`: the asked never learns of it, the asker never
 *   learns that (B6).
 *
 * It knows nothing of handles, grants, devices or SQL.
 */
import type { AccountId } from '@veche/protocol'

/** Whether the account asked accepts that the asker starts a chat (M11). */
export type Acceptance = 'forbidden' | 'confirm' | 'allowed'

export type PairState =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending'; readonly asker: AccountId; readonly shown: boolean; readonly sinceMs: number }
  | { readonly kind: 'refused'; readonly asker: AccountId; readonly sinceMs: number }
  | {
      readonly kind: 'allowed'
      readonly asker: AccountId
      /** Who may create the chat. */
      readonly holder: AccountId
      readonly sinceMs: number
    }
  | { readonly kind: 'open' }

export type PairEvent =
  | { readonly kind: 'request'; readonly by: AccountId; readonly acceptance: Acceptance }
  | { readonly kind: 'allow' | 'refuse' | 'create'; readonly by: AccountId }

/** Something for the inbox of the other account: a request to it, or the answer to its own. */
export type Notice = 'request' | 'answer'

export type Transition =
  | {
      readonly kind: 'changed'
      readonly state: PairState
      readonly newRequest: boolean
      readonly notice?: Notice
    }
  | { readonly kind: 'unchanged' }
  /** There is nothing that `by` could answer or create. */
  | { readonly kind: 'unknown' }

const DAY_MS = 24 * 60 * 60 * 1000
export const REFUSAL_LASTS_MS = 30 * DAY_MS
/** A right that was not used for as long as its grant is good goes over to the other, if the other asks too. */
export const RIGHT_LASTS_MS = 10 * 60 * 1000

const unchanged: Transition = { kind: 'unchanged' }
const unknown: Transition = { kind: 'unknown' }

export function nextPairState(state: PairState, event: PairEvent, nowMs: number): Transition {
  switch (event.kind) {
    case 'request':
      return request(state, event.by, event.acceptance, nowMs)
    case 'allow':
      return allow(state, event.by, nowMs)
    case 'refuse':
      return refuse(state, event.by, nowMs)
    case 'create':
      return create(state, event.by)
    default:
      return event satisfies never
  }
}

function request(state: PairState, by: AccountId, acceptance: Acceptance, nowMs: number): Transition {
  switch (state.kind) {
    case 'none':
      return ask(by, acceptance, nowMs)
    case 'pending':
      return state.asker === by ? askAgain(state, acceptance, nowMs) : cross(state, by, nowMs)
    case 'refused': {
      const final = state.asker === by && nowMs - state.sinceMs < REFUSAL_LASTS_MS
      return final ? unchanged : ask(by, acceptance, nowMs)
    }
    case 'allowed': {
      const takesOver = state.holder !== by && nowMs - state.sinceMs >= RIGHT_LASTS_MS
      return takesOver ? changed({ ...state, holder: by, sinceMs: nowMs }) : unchanged
    }
    case 'open':
      return unchanged
    default:
      return state satisfies never
  }
}

function ask(by: AccountId, acceptance: Acceptance, nowMs: number): Transition {
  const newRequest = true
  if (acceptance === 'allowed') {
    const state: PairState = { kind: 'allowed', asker: by, holder: by, sinceMs: nowMs }
    return { kind: 'changed', state, newRequest, notice: 'request' }
  }
  const shown = acceptance === 'confirm'
  const state: PairState = { kind: 'pending', asker: by, shown, sinceMs: nowMs }
  return { kind: 'changed', state, newRequest, ...(shown && { notice: 'request' }) }
}

/** The other's policy may have become more open since; that it became less open changes nothing that was shown. */
function askAgain(state: PairState & { kind: 'pending' }, acceptance: Acceptance, nowMs: number): Transition {
  if (acceptance === 'allowed') {
    return changed(
      { kind: 'allowed', asker: state.asker, holder: state.asker, sinceMs: nowMs },
      state.shown ? undefined : 'request',
    )
  }
  if (acceptance === 'confirm' && !state.shown) return changed({ ...state, shown: true }, 'request')
  return unchanged
}

/** The other has asked already: to ask in turn is to allow. */
function cross(state: PairState & { kind: 'pending' }, by: AccountId, nowMs: number): Transition {
  return changed({ kind: 'allowed', asker: state.asker, holder: by, sinceMs: nowMs }, 'answer')
}

function allow(state: PairState, by: AccountId, nowMs: number): Transition {
  if (!isAsked(state, by)) return unknown
  if (state.kind !== 'pending') return unchanged
  return changed({ kind: 'allowed', asker: state.asker, holder: by, sinceMs: nowMs }, 'answer')
}

function refuse(state: PairState, by: AccountId, nowMs: number): Transition {
  if (!isAsked(state, by)) return unknown
  if (state.kind !== 'pending' && state.kind !== 'allowed') return unchanged
  return changed({ kind: 'refused', asker: state.asker, sinceMs: nowMs }, 'answer')
}

function create(state: PairState, by: AccountId): Transition {
  if (state.kind === 'open') return unchanged
  return state.kind === 'allowed' && state.holder === by ? changed({ kind: 'open' }) : unknown
}

/** Whether there is a request that was shown to `by`. */
function isAsked(state: PairState, by: AccountId): boolean {
  switch (state.kind) {
    case 'none':
      return false
    case 'pending':
      return state.shown && state.asker !== by
    case 'refused':
    case 'allowed':
      return state.asker !== by
    case 'open':
      return true
    default:
      return state satisfies never
  }
}

function changed(state: PairState, notice?: Notice): Transition {
  return { kind: 'changed', state, newRequest: false, ...(notice && { notice }) }
}
