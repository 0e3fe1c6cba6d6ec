/**
 * What one account has agreed about being added by another to one group: one state for group, asker and asked, as a pure
 * state machine.
 *
 *            ask (confirm, forbidden)              allow
 *      none ─────────────────────────▶ pending ───────────▶ allowed (answered)
 *       │                                 │                     │ refuse
 *       │ ask (allowed)                   └──── refuse ──▶ refused ──(30 days)──▶ as none
 *       └──────────▶ allowed (by policy) ──(each ask looks again)
 *
 * Invariants
 * - What the asked has allowed holds until it is used, or refused in turn.
 * - What follows from a policy or from being in contact was never seen by the asked, so it lasts a day and is looked at
 *   again by each ask: who blocks, or wishes to be asked, is not added by an old right.
 * - A request to one who forbids is `pending` and not `shown`: the asked never learns of it, the asker never
 *   learns that (B6).
 *
 * A request ends with the account being in the group: its row goes then. It knows nothing of handles, grants or SQL.
 */
import { type Acceptance, REFUSAL_LASTS_MS } from '../requests/pair.ts'

export type MemberRequestState =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending'; readonly shown: boolean; readonly sinceMs: number }
  | { readonly kind: 'refused'; readonly sinceMs: number }
  | { readonly kind: 'allowed'; readonly answered: boolean; readonly sinceMs: number }

export type MemberRequestEvent =
  | { readonly kind: 'ask'; readonly acceptance: Acceptance }
  | { readonly kind: 'allow' | 'refuse' }

export type MemberRequestTransition =
  | {
      readonly kind: 'changed'
      readonly state: MemberRequestState
      readonly newRequest: boolean
      /** For the asked, of the request; for the asker, of the answer. */
      readonly notice?: 'request' | 'answer'
    }
  | { readonly kind: 'unchanged' }
  /** There is nothing that was shown to the asked. */
  | { readonly kind: 'unknown' }

const POLICY_RIGHT_LASTS_MS = 24 * 60 * 60 * 1000

const unchanged: MemberRequestTransition = { kind: 'unchanged' }
const unknown: MemberRequestTransition = { kind: 'unknown' }

/** Since when a right by policy must be there to count now. */
export function policyRightsSince(nowMs: number): number {
  return nowMs - POLICY_RIGHT_LASTS_MS
}

export function nextMemberRequest(
  state: MemberRequestState,
  event: MemberRequestEvent,
  nowMs: number,
): MemberRequestTransition {
  if (event.kind === 'ask') return ask(state, event.acceptance, nowMs)
  if (!isShown(state)) return unknown
  if (event.kind === 'allow') {
    if (state.kind !== 'pending') return unchanged
    return changed({ kind: 'allowed', answered: true, sinceMs: nowMs }, 'answer')
  }
  return state.kind === 'refused' ? unchanged : changed({ kind: 'refused', sinceMs: nowMs }, 'answer')
}

/** Whether the asked may know of it. */
export function isShown(state: MemberRequestState): boolean {
  switch (state.kind) {
    case 'none':
      return false
    case 'pending':
      return state.shown
    case 'refused':
      return true
    case 'allowed':
      return state.answered
    default:
      return state satisfies never
  }
}

function ask(state: MemberRequestState, acceptance: Acceptance, nowMs: number): MemberRequestTransition {
  switch (state.kind) {
    case 'none':
      return { ...asked(acceptance, nowMs), newRequest: true }
    case 'refused':
      if (nowMs - state.sinceMs < REFUSAL_LASTS_MS) return unchanged
      return { ...asked(acceptance, nowMs), newRequest: true }
    case 'pending':
      if (acceptance === 'forbidden' || (acceptance === 'confirm' && state.shown)) return unchanged
      return asked(acceptance, nowMs)
    case 'allowed':
      return state.answered ? unchanged : asked(acceptance, nowMs)
    default:
      return state satisfies never
  }
}

function asked(acceptance: Acceptance, sinceMs: number): MemberRequestTransition & { kind: 'changed' } {
  if (acceptance === 'allowed') return changed({ kind: 'allowed', answered: false, sinceMs })
  const shown = acceptance === 'confirm'
  return changed({ kind: 'pending', shown, sinceMs }, shown ? 'request' : undefined)
}

function changed(
  state: MemberRequestState,
  notice?: 'request' | 'answer',
): MemberRequestTransition & { kind: 'changed' } {
  return { kind: 'changed', state, newRequest: false, ...(notice && { notice }) }
}
