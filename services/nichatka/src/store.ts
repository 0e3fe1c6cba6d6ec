/**
 * What the routes ask of the database, as one port. Every call sees one host's data only: that of the user or host it is given.
 *
 * Invariants
 * - A call either takes effect whole, in one synced transaction, or not at all; it resolves after the commit.
 * - `unread` equals the recount of messages that are new to that user, whatever ran at once.
 * - A message is never changed and never deleted (N12); what a user changes is that user's own view of it.
 * - What the caller could not foresee (no database, a full disk) is thrown; everything else is a `kind`.
 */
import type {
  Address,
  Color,
  Group,
  GroupId,
  HostId,
  MessageId,
  Nickname,
  Priority,
  Recipient,
  Status,
  Unread,
  User,
} from './domain.ts'

export interface Store {
  /** The host of that name, made when it is new. */
  ensureHost(name: string): Promise<HostId>
  /** The user of that nickname, made when new: everyone's messages of the last 30 days are new to them. Remembered. */
  ensureUser(hostId: HostId, nickname: Nickname): Promise<User>
  /** N7: so that the list of recipients is whole before anybody has come. @returns how many were new */
  nameUsers(hostId: HostId, nicknames: readonly Nickname[]): Promise<number>

  /** N8. Costs the same with ten and with ten million messages; calls at the same time share one statement. */
  unread(user: User): Promise<Unread>

  /** N10, N6, N16: newest first. */
  listMessages(user: User, filter: MessageFilter, page: Page): Promise<MessageList>
  /** One message as this user sees it; undefined where there is none for this user. */
  findMessage(user: User, id: MessageId): Promise<Message | undefined>
  /** How many messages newer than this one match; 100 stands for "100 or more". */
  countNewer(user: User, filter: MessageFilter, than: MessageId | undefined): Promise<number>

  /** N1, N17. A repeated `key` of the same sender sends nothing and answers as the first time. */
  sendMessage(user: User, message: NewMessage): Promise<SendResult>
  /** N3–N5, N18. */
  changeMessage(user: User, id: MessageId, change: MessageChange): Promise<'changed' | 'message_unknown'>

  /** N7: users and groups whose name begins so, in any case; groups that are not archived. By name. */
  findRecipients(hostId: HostId, prefix: string, limit: number): Promise<FoundRecipients>
  listGroups(hostId: HostId, options: { readonly archived: boolean }): Promise<readonly Group[]>
  findGroup(hostId: HostId, id: GroupId): Promise<GroupDetails | undefined>
  createGroup(user: User, group: NewGroup): Promise<GroupResult>
  changeGroup(user: User, id: GroupId, change: GroupChange): Promise<GroupResult>
}

export interface MessageFilter {
  /** `incoming`: written to the user; `outgoing`: by the user. */
  readonly box: 'incoming' | 'outgoing' | 'all'
  /** Those that are shown. */
  readonly statuses: readonly Status[]
  readonly color?: Color | 'none'
  /** As shown to this user. */
  readonly priority?: Priority
  readonly from?: Nickname
  /** Addressed to this user by name; what went to a group or to everyone is not. */
  readonly to?: Nickname
  readonly groupId?: GroupId
  readonly sinceMs?: number
  /** Exclusive. */
  readonly untilMs?: number
  /** Words in any form (Russian and English), or a part of the text in any case. */
  readonly query?: string
  /** Any message of the thread. */
  readonly thread?: MessageId
}

export interface Page {
  /** Those older than this one, or newer; from the newest where it is left out. */
  readonly cursor?: { readonly kind: 'older' | 'newer'; readonly than: MessageId }
  readonly limit: number
}

export interface MessageList {
  /** Newest first, also on a page of newer ones. */
  readonly messages: readonly Message[]
  /** At that very moment, whatever the filter. */
  readonly unread: Unread
  /** How many match the filter in all, or at least that many: it is not counted beyond `maxCount`, and a search not beyond a full page. */
  readonly count: number
  readonly isCountExact: boolean
  readonly hasOlder: boolean
  readonly hasNewer: boolean
}

/** Counting further would cost more than anybody gains by it. */
export const maxCount = 1_000

export interface Message {
  readonly id: MessageId
  readonly sender: Nickname
  readonly recipients: readonly Recipient[]
  readonly text: string
  readonly sentAtMs: number
  /** As the sender set it: what a reply inherits. */
  readonly priority: Priority
  /** As this user sees it. */
  readonly shownPriority: Priority
  readonly color: Color | undefined
  /** `read` where the user only sent it. */
  readonly status: Status
  readonly isOutgoing: boolean
  readonly isIncoming: boolean
  /** The message it answers, where it is a reply that this user may see the parent of. */
  readonly parent:
    | { readonly id: MessageId; readonly sender: Nickname; readonly beginning: string }
    | undefined
  /** Whether its thread holds another message. */
  readonly hasThread: boolean
}

/** How much of a parent is quoted, in characters. */
export const maxBeginningChars = 120

export type NewMessage = {
  /** The client's key of this message. */
  readonly key: string
  readonly text: string
} & (
  | { readonly kind: 'first'; readonly priority: Priority; readonly to: readonly Address[] }
  | {
      readonly kind: 'reply'
      readonly parent: MessageId
      /** If given, must be the parent's. */
      readonly priority?: Priority
      /** The sender of the parent; or everybody who has it. To one's own message: always those who have it. */
      readonly replyTo: 'sender' | 'all'
    }
)

export type SendResult =
  | { readonly kind: 'sent' | 'repeated'; readonly id: MessageId }
  | { readonly kind: 'message_unknown' | 'group_unknown' | 'priority_differs' }

export interface MessageChange {
  readonly color?: Color | 'none'
  /** `sender`: as the sender set it. */
  readonly priority?: Priority | 'sender'
  readonly status?: 'read' | 'hidden'
}

export interface FoundRecipients {
  readonly users: readonly Nickname[]
  readonly groups: readonly Group[]
}

export interface NewGroup {
  readonly name: string
  readonly members: readonly Nickname[]
}

export interface GroupChange {
  readonly name?: string
  readonly add?: readonly Nickname[]
  readonly remove?: readonly Nickname[]
  readonly isArchived?: boolean
}

export interface GroupDetails extends Group {
  /** By name. */
  readonly members: readonly Nickname[]
  /** The newest 50, newest first: each change is recorded (N7). */
  readonly changes: readonly RecordedChange[]
}

export interface RecordedChange {
  readonly atMs: number
  readonly by: Nickname
  readonly what:
    | { readonly kind: 'created' | 'renamed'; readonly name: string }
    | { readonly kind: 'added' | 'removed'; readonly nickname: Nickname }
    | { readonly kind: 'archived' | 'restored' }
}

export type GroupResult =
  | { readonly kind: 'done'; readonly group: GroupDetails }
  | { readonly kind: 'group_unknown' | 'name_taken' | 'too_many_members' }
