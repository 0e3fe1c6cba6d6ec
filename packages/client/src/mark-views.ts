/** What stands beside a chat's log, as the client shows it. */
import { AccountId } from '@veche/protocol'
import { holds, type LocalChat, readersOf, readOf } from '@veche/sync'

/** What the account's devices agree on about a chat. */
export interface MarksView extends ChatSettings {
  /** Messages of others that were shown on no device, and those among them that name this account. */
  readonly unread: number
  readonly mentioned: number
}

export interface ChatSettings {
  /** Nothing that happens in it calls for attention. */
  readonly muted: boolean
  /** Milliseconds since 1970; none where it is muted for good, or not. */
  readonly mutedUntil?: number
  /** It stands first in the list. */
  readonly pinned: boolean
}

/** Beyond what a clock shows is for good. */
const MAX_TIME_MS = 8_640_000_000_000_000n

export function toSettings({ marks }: LocalChat, nowMs: number): ChatSettings {
  const { muted, pinned } = marks.own?.present ?? {}
  const isMuted = holds(muted, nowMs)
  const isTimed = isMuted && muted!.untilMs <= MAX_TIME_MS
  return {
    muted: isMuted,
    ...(isTimed && { mutedUntil: Number(muted!.untilMs) }),
    pinned: holds(pinned, nowMs),
  }
}

/** Up to where everything was shown. Where messages do not stay, what was shown elsewhere is still to be shown here. */
export function toRead(chat: LocalChat): bigint {
  return chat.keeping.device ? readOf(chat) : chat.read
}

/** How far an own message has come. */
export interface Progress {
  readonly state: 'sent' | 'delivered' | 'read'
  /** In a group: how many have read it, of those who say so. */
  readonly readBy?: number
}

/** @param seq the message's position in the log */
export function toProgress(chat: LocalChat, seq: bigint): Progress {
  const readBy = accountsThatRead(chat, seq).length
  if (!chat.peer) return readBy > 0 ? { state: 'sent', readBy } : { state: 'sent' }
  if (readBy > 0) return { state: 'read' }
  return { state: seq <= (chat.marks.heard?.delivered ?? 0n) ? 'delivered' : 'sent' }
}

/** Who has read up to a message, of those who say so; in a private chat the peer alone counts. */
export function accountsThatRead(chat: LocalChat, seq: bigint): AccountId[] {
  const peer = chat.peer && AccountId.fromBytes(chat.peer.accountId)
  return readersOf(chat)
    .filter(({ accountId, position }) => position >= seq && (!peer || accountId === peer))
    .map(({ accountId }) => accountId)
}
