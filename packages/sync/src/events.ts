/** What a device tells of while it follows its chats: each once, in order, after it is stored. */
import type { HistoryEntry } from '@veche/history'
import type { AccountId, ChatId, DeviceId } from '@veche/protocol'
import type { IncomingRequest, OutgoingRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

export type SyncEvent =
  /** A message stands in the history, this device's own among them. */
  | { readonly kind: 'message'; readonly chat: ChatId; readonly entry: HistoryEntry }
  /** A chat is there that was not. `since`: where this device came into its log; absent where it made the chat. */
  | { readonly kind: 'chat'; readonly chat: ChatId; readonly since?: LogPlace }
  /** A commit changed something of a group that is shown. */
  | { readonly kind: 'group'; readonly chat: ChatId; readonly change: GroupChange }
  | { readonly kind: 'request'; readonly request: IncomingRequest }
  | { readonly kind: 'answer'; readonly answer: OutgoingRequest }
  /** Where the chat's history is kept has changed. */
  | { readonly kind: 'keeping'; readonly chat: ChatId }
  | ({ readonly kind: 'own-device' } & DeviceNews)
  /** More is here of what is older than this device: it stands in the history. */
  | { readonly kind: 'archive'; readonly chat: ChatId }
  /** The account's own mark of the chat has changed, here or on another device: muted, pinned, read. */
  | { readonly kind: 'marks'; readonly chat: ChatId; readonly isHere: boolean }
  /** Another member has read everything up to a position. */
  | { readonly kind: 'read'; readonly chat: ChatId; readonly by: AccountId; readonly position: bigint }
  /** A device of the peer has everything up to a position, as the server says. */
  | { readonly kind: 'delivered'; readonly chat: ChatId; readonly position: bigint }
  /** Another member writes, or has stopped. Not stored. */
  | { readonly kind: 'typing'; readonly chat: ChatId; readonly by: AccountId; readonly isTyping: boolean }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'connection'; readonly state: 'connected' | 'disconnected' }

/** A place in a chat's log. */
export interface LogPlace {
  readonly position: bigint
  /** 32 bytes: the log's rolling hash at it. */
  readonly logHash: Uint8Array
}

/**
 * A device of this account has come or gone; `uncertified`: the account's key does not say that it is one (A3); `silent`: the
 * server has ended it because it gave no sign of itself for long.
 */
export interface DeviceNews {
  readonly change: 'added' | 'removed' | 'uncertified' | 'silent'
  readonly device: DeviceId
}

export interface GroupChange {
  /**
   * `opened`: everybody on the server finds it and joins. `left`: this account is not in the group any more, or was put out
   * of it.
   */
  readonly change: 'members' | 'roles' | 'rights' | 'profile' | 'opened' | 'closed' | 'left'
  /** Whom it is about. */
  readonly who?: AccountId
  /** Who did it. */
  readonly by?: AccountId
  /** Of `members`; `left`: by their own wish, which `by` has carried out; `joined`: by an invite link. */
  readonly how?: 'added' | 'removed' | 'left' | 'joined'
  /** Of `roles`: the one that they have now. */
  readonly role?: Role
}

/** Something is not as it should be; people are told. */
export interface Notice {
  readonly kind: NoticeKind
  readonly chat?: ChatId
  /** In the chat's log. */
  readonly position?: bigint
  /** Of `stuck`: whose commit it was. */
  readonly by?: AccountId
  /** For programs: what exactly was wrong. */
  readonly detail?: string
}

export type NoticeKind =
  /** A message's sender had seen another log than this device: the server shows different histories (A9). */
  | 'fork'
  /** What the server shows of the time before this device came is not what stood in the log (A9). */
  | 'archive-altered'
  /** The server has shown history keys that no device of this account has put there (A17). */
  | 'foreign-keys'
  /** A message or commit that cannot be read or is not what it claims to be. */
  | 'unreadable'
  /** A message that was shown before: it is not shown again (A11). */
  | 'replayed'
  /** Of a kind that this version does not know; it is kept. */
  | 'unsupported'
  /** The log holds what this device wrote and does not know: it was put back to an old state, and asks to come in anew (A19). */
  | 'rolled-back'
  /** The server has an older state of the chat than this device: nothing is sent there, and what was written waits. */
  | 'server-behind'
  /** A commit that this device cannot follow (A10): it asks to come in anew. */
  | 'stuck'
  /** This device has come into the chat anew, and goes on in it. */
  | 'healed'
  /** The chat was begun anew, because the server had lost a part of it: at `position`, and nothing that devices have is lost. */
  | 'begun-anew'
  /** The chat was begun anew against what this device knows of it, which did not follow. */
  | 'parted'
  /** A device of `detail`, an account, has come into the chat anew, in the place of itself. */
  | 'replaced-device'
  /** This device is no longer in the chat. */
  | 'removed'
  /** The server refuses a message for good. */
  | 'not-sent'
  /** The handle stands for another account than before: nothing is sent there (A2). */
  | 'changed-binding'
  /** The user accepted the other account; `detail` is the handle. */
  | 'accepted-binding'
  /** An account has another device in the chat than before; `detail` is the account. */
  | 'new-device'
  /** A Welcome that does not lead into the chat it names. */
  | 'not-joined'
  /** This device's clock and the server's are days apart: nobody can add this device until both are right. */
  | 'clock-differs'
  /** What is stored of the chat is damaged. */
  | 'damaged'
