/** An entry on its way into a log: its bytes are checked, its place is not yet known. */
import type { AccountId, ChatId } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { JoinOffer } from '../groups/join-offer.ts'
import type { Device } from './roster.ts'

export interface NewEntry {
  readonly chatId: ChatId
  readonly sender: Device
  /** 16 bytes. */
  readonly messageId: Uint8Array
  /** The MLS group that it is of. */
  readonly groupId: Uint8Array
  /** Of an application message, the epoch it was encrypted in; of a commit, the one it ends. */
  readonly epoch: bigint
  readonly mlsMessage: Uint8Array
  /** Of a group's commit, the profile; empty in that of a private chat. */
  readonly contentCiphertext: Uint8Array
  /** Of a group's commit, the profile's; empty in that of a private chat. */
  readonly wrappedKey: Uint8Array
  /** Present where the entry is a commit. */
  readonly commit?: CommitEffect
}

/** What a decoded commit does to the chat's membership. */
export interface CommitEffect {
  /** Undefined of one who joins. */
  readonly senderLeaf: number | undefined
  /** An external commit: the sender comes by this invite, and is the one device that it adds. */
  readonly joins?: { readonly inviteId: Uint8Array; readonly withHistory: boolean } | undefined
  /** Active devices of the chat's accounts. */
  readonly adds: readonly AddedDevice[]
  readonly removes: readonly number[]
  /** Ids (base32) of devices that the commit's chat state says may never come back. */
  readonly revoked: ReadonlySet<string>
  /** For the devices that it adds; empty when it adds none. */
  readonly welcome: Uint8Array
  /** Of those whom it adds, who asked by links. */
  readonly admissions?: readonly Admission[]
  /** In a group: that it was judged in its epoch, which is then the whole judgement but for the place in the log. */
  readonly judged?: Judged
}

/** An account that is let in by a link. */
export interface Admission {
  readonly accountId: AccountId
  readonly inviteId: Uint8Array
  /** For the account's devices. */
  readonly proof: Uint8Array
}

/** A device with the key of the leaf that it gets. */
export interface AddedDevice extends Device {
  readonly signatureKey: Uint8Array
}

export interface Judged {
  /** The state after it, where it sets one, or the accounts in the group have changed. */
  readonly state: ChatState | undefined
  /** For who joins by a link after it. */
  readonly offer: JoinOffer
}

/** Why an entry is not stored; the reasons that Append names. */
export type Refusal =
  | 'chat_unknown'
  | 'stale_epoch'
  | 'epoch_conflict'
  | 'commit_invalid'
  | 'entry_invalid'
  | 'not_allowed'
  | 'not_accepted'
  | 'blocked_by_you'
  | InviteRefusal

/** Why nobody joins by an invite. */
export type InviteRefusal = 'invite_unknown' | 'invite_expired' | 'invite_used_up'

export type AppendOutcome =
  | { readonly kind: 'stored'; readonly position: bigint; readonly receivedAtMs: bigint }
  | { readonly kind: 'refused'; readonly reason: Refusal }

/** What it takes to store it. */
export function entryBytes(entry: NewEntry): number {
  const { commit } = entry
  const { sealed, historyPages } = commit?.judged?.offer ?? { sealed: [], historyPages: [] }
  const pages = historyPages.reduce((bytes, { page }) => bytes + page.length, 0)
  return payloadBytes(entry) + (commit?.welcome.length ?? 0) + sealed.length + pages
}

/** What of it goes out to the devices of the chat. */
export function payloadBytes({ mlsMessage, contentCiphertext, wrappedKey }: NewEntry): number {
  return mlsMessage.length + contentCiphertext.length + wrappedKey.length
}
