/**
 * What an account has asked of a group by a link that demands it: one state for group and asker, as a pure state machine.
 *
 *             ask                 refuse
 *      none ───────▶ pending ───────────────▶ refused ──(30 days)──▶ as none
 *                      │  ▲
 *                      │  └── ask ── ended ◀── taken back; the link was taken back, has expired or is used up, or a ban
 *                      └─────────────▲
 *
 * It is allowed by a commit that adds the account, and its row goes then. A refusal holds for the group, whichever link is
 * asked by; what has ended may be asked again at once.
 */
import type { AccountId, ChatId } from '@veche/protocol'
import type { Notice } from '../requests/pair.ts'
import { REFUSAL_LASTS_MS } from '../requests/pair.ts'

export interface JoinRequest {
  readonly chatId: ChatId
  readonly asker: AccountId
  /** 16 bytes. */
  readonly requestId: Uint8Array
  /** 16 bytes. */
  readonly inviteId: Uint8Array
  /** veche.e2ee.v1.JoinRequest bytes. */
  readonly joinRequest: Uint8Array
  readonly state: JoinRequestState
  readonly requestedAtMs: number
  /** The asker is to be told. */
  readonly notice?: Notice
}

export interface JoinRequestState {
  readonly kind: 'pending' | 'refused' | 'ended'
  readonly sinceMs: number
}

/** The account's last word counts, but for one that was refused: that stays as it is. @param asked a new one */
export function askedAgain(before: JoinRequest | undefined, asked: JoinRequest): JoinRequest {
  if (before?.state.kind === 'refused' && !isOver(before.state, asked.requestedAtMs)) return before
  if (before?.state.kind !== 'pending') return asked
  const { inviteId, joinRequest } = asked
  return { ...before, inviteId, joinRequest }
}

/** @returns the same one where there is nothing to refuse */
export function refused(request: JoinRequest, nowMs: number): JoinRequest {
  if (request.state.kind !== 'pending') return request
  return { ...request, state: { kind: 'refused', sinceMs: nowMs }, notice: 'answer' }
}

/** By who has asked. @returns the same one where there is nothing to take back */
export function withdrawn(request: JoinRequest, nowMs: number): JoinRequest {
  if (request.state.kind !== 'pending') return request
  return { ...request, state: { kind: 'ended', sinceMs: nowMs }, notice: 'answer' }
}

function isOver({ sinceMs }: JoinRequestState, nowMs: number): boolean {
  return nowMs - sinceMs >= REFUSAL_LASTS_MS
}
