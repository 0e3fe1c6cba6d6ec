/** What the client shows of chats and messages. */
import type { HistoryEntry } from '@veche/history'
import { hasRight, listedAccounts, roleOf } from '@veche/mls'
import { AccountId, type ChatId, equalBytes, type MessageId } from '@veche/protocol'
import { ArchiveGapReason } from '@veche/protocol/gen/local/v1/chat_pb.js'
import {
  type Binding,
  type Content,
  decodeContent,
  type LocalChat,
  type LocalKeeping,
  openInviteOf,
  rulesOf,
  Standing,
} from '@veche/sync'
import {
  type ChatSettings,
  type MarksView,
  type Progress,
  toProgress,
  toRead,
  toSettings,
} from './mark-views.ts'
import { type Person, strangerOf, toPerson } from './person.ts'
import { type RoleName, toRoleName } from './roles.ts'

export type ChatSummary = PrivateChat | GroupChat

export interface PrivateChat extends AnyChat {
  readonly type: 'private'
  readonly with: Person
  /** Whether the handle stands for this account: only then is anything sent (A2). */
  readonly binding: Binding
}

export interface GroupChat extends AnyChat {
  readonly type: 'group'
  /** Empty where the group's profile could not be read. */
  readonly name: string
  readonly description: string
  /** The account's own. */
  readonly role: RoleName
  /** How many accounts are in it. */
  readonly people: number
  /** Whether everybody on the server finds it and joins. */
  readonly open: boolean
  /** Whether the account's role allows writing, and the chat is open. */
  readonly canWrite: boolean
}

interface AnyChat extends MarksView {
  readonly chat: ChatId
  readonly state: ChatStanding
  /** The greatest position that this device has. */
  readonly position: bigint
  /** Messages that wait for the server. */
  readonly waiting: number
  /** Messages that the server did not take: kept until they are sent again (`unsent`). */
  readonly notSent: number
  /** Everything up to this position was shown. */
  readonly read: bigint
  /** The newest message, those that wait included. */
  readonly last?: ShownMessage
  /** What the user had begun to write (`marks.setDraft`); it never leaves this device. */
  readonly draft?: string
  readonly kept: Kept
  /** What is older than this device; absent where there is nothing for it to read. */
  readonly archive?: ArchiveView
}

/** How far what is older than this device was read, by positions of the log, of which not all are messages. */
export interface ArchiveView {
  readonly read: number
  readonly total: number
  readonly done: boolean
  /** What cannot be read, oldest first. */
  readonly gaps: readonly HistoryGap[]
}

/** Messages one after another that this device cannot read. */
export interface HistoryGap {
  /** Positions: nothing from the first up to the last can be read. */
  readonly first: bigint
  readonly last: bigint
  readonly count: number
  /**
   * `no-key`: the backup had no key of that time. `not-given`: the link by which this device came had none. `invalid`: not
   * what its sender signed. `removed`: not kept then.
   */
  readonly reason: 'no-key' | 'not-given' | 'invalid' | 'removed'
}

/** Where a chat's history is kept (M22). */
export interface Kept {
  /** On this device. */
  readonly device: boolean
  /** On the server: only while both wish it. */
  readonly server: boolean
  readonly ownServer: boolean
  readonly peerServer: boolean
}

/** Only in an `open` chat, and one that is being created, can be written. */
export type ChatStanding =
  | 'open'
  | 'creating'
  | 'removed'
  | 'stuck'
  | 'rolled-back'
  | 'changed-binding'
  | 'parted'

export interface ShownMessage {
  readonly chat: ChatId
  readonly id: MessageId
  /** The position in the log; none while the message waits. */
  readonly seq?: bigint
  readonly from: Person
  readonly text: string
  /** The message that it answers (`Client.message`); it may not be on this device. */
  readonly replyTo?: MessageId
  /** Whom it names: those whose handles stand in it, and whom it answers. */
  readonly mentions?: readonly Person[]
  /** Milliseconds since 1970 by the sender's clock. */
  readonly at: number
  /**
   * `waiting`: only on this device so far. `not-sent`: the server did not take it, and it is kept. Of an own message in a
   * private chat also `delivered`: a device of the peer has it; `read`: the peer says to have read it.
   */
  readonly state: 'waiting' | 'not-sent' | Progress['state']
  /** Of an own message in a group: how many have read it (`marks.readers`), of those who say so. */
  readonly readBy?: number
  /** Why it was not sent, as the server names it, e.g. `not_accepted`. */
  readonly reason?: string
}

interface ListedChat {
  readonly chat: LocalChat
  /** Of the log. */
  readonly newest: HistoryEntry | undefined
  readonly nowMs: number
}

export function toSummary(
  { chat, newest, nowMs }: ListedChat,
  own: Person,
  bindingTo: (peer: Person) => Binding,
): ChatSummary {
  const common = { ...toCommon(chat, newest, own), ...toSettings(chat, nowMs) }
  if (!chat.peer) return { ...common, ...toGroupFields(chat, own) }
  const peer = toPerson(chat.peer)
  return { ...common, type: 'private', with: peer, binding: bindingTo(peer) }
}

function toGroupFields(chat: LocalChat, own: Person): Omit<GroupChat, keyof AnyChat> {
  const state = rulesOf(chat.group)
  const isOpen = chat.standing !== Standing.REMOVED && chat.standing !== Standing.CHANGED_BINDING
  return {
    type: 'group',
    name: nameOfGroup(chat),
    description: chat.profile?.shown?.description ?? '',
    role: toRoleName(roleOf(state, own.account)),
    people: listedAccounts(state).length,
    open: openInviteOf(state) !== undefined,
    canWrite: isOpen && hasRight(state, own.account, 'write'),
  }
}

/** Empty where the group's profile could not be read. */
export function nameOfGroup({ profile }: Pick<LocalChat, 'profile'>): string {
  return profile?.shown?.name ?? ''
}

function toCommon(
  chat: LocalChat,
  newest: HistoryEntry | undefined,
  own: Person,
): Omit<AnyChat, keyof ChatSettings> {
  const last = toShownOutbox(chat, own).at(-1) ?? (newest && toShownEntry(newest, chat, own))
  return {
    chat: chat.chatId,
    state: STANDINGS[chat.standing],
    position: chat.position,
    waiting: chat.outbox.filter(({ position, refused }) => position === 0n && refused === '').length,
    notSent: chat.outbox.filter(({ refused }) => refused !== '').length,
    unread: chat.unread,
    mentioned: chat.mentioned,
    read: toRead(chat),
    ...(last && { last }),
    ...(chat.marks.draft && { draft: chat.marks.draft }),
    kept: toKept(chat.keeping),
    ...(chat.archive && { archive: toArchiveView(chat.archive) }),
  }
}

export function toArchiveView({
  from,
  reached,
  ended,
  gaps,
  byLink,
}: NonNullable<LocalChat['archive']>): ArchiveView {
  const total = Number(from)
  const reasonOf = (reason: ArchiveGapReason) =>
    byLink && GAPS[reason] === 'no-key' ? 'not-given' : GAPS[reason]
  const shown = gaps.map(({ first, last, count, reason }) => ({
    first,
    last,
    count,
    reason: reasonOf(reason),
  }))
  return { read: ended ? total : total + 1 - Number(reached), total, done: ended, gaps: shown }
}

const GAPS: Readonly<Record<ArchiveGapReason, HistoryGap['reason']>> = {
  [ArchiveGapReason.UNSPECIFIED]: 'invalid',
  [ArchiveGapReason.NO_KEY]: 'no-key',
  [ArchiveGapReason.INVALID]: 'invalid',
  [ArchiveGapReason.REMOVED]: 'removed',
}

export function toKept({ device, server, peerServer }: LocalKeeping): Kept {
  return { device, server: server && peerServer, ownServer: server, peerServer }
}

const STANDINGS: Readonly<Record<Standing, ChatStanding>> = {
  [Standing.UNSPECIFIED]: 'open',
  [Standing.OPEN]: 'open',
  [Standing.CREATING]: 'creating',
  [Standing.REMOVED]: 'removed',
  [Standing.STUCK]: 'stuck',
  [Standing.ROLLED_BACK]: 'rolled-back',
  [Standing.CHANGED_BINDING]: 'changed-binding',
  [Standing.PARTED]: 'parted',
}

/** A message of the log; undefined for one of a kind that this version does not know. */
export function toShownEntry(entry: HistoryEntry, chat: LocalChat, own: Person): ShownMessage | undefined {
  const content = decodeContent(entry.content)
  return toShown(content, chat, own, { seq: entry.position, state: 'sent' })
}

/** Messages of this device that are not in the log yet, as far as it knows. */
export function toShownOutbox(chat: LocalChat, own: Person): ShownMessage[] {
  return chat.outbox.flatMap((item) => {
    return toShown(decodeContent(item.content), chat, own, placeOf(item)) ?? []
  })
}

function placeOf({ position, refused }: LocalChat['outbox'][number]): Place {
  if (position !== 0n) return { seq: position, state: 'sent' }
  return refused === '' ? { state: 'waiting' } : { state: 'not-sent', reason: refused }
}

type Place = Pick<ShownMessage, 'seq' | 'state' | 'reason'>

function toShown(content: Content, chat: LocalChat, own: Person, place: Place): ShownMessage | undefined {
  const { messageId, accountId, sentAtMs, body } = content
  if (body.kind !== 'text') return undefined
  const { text, replyTo, mentions } = body
  return {
    chat: chat.chatId,
    id: messageId,
    from: personIn(chat, accountId, own),
    text,
    ...(replyTo && { replyTo }),
    ...(mentions && { mentions: mentions.map((account) => personIn(chat, account, own)) }),
    at: sentAtMs,
    ...place,
    ...(accountId === own.account && place.state === 'sent' && toProgress(chat, place.seq!)),
  }
}

/** Who an account of the chat is, as far as this device was told. */
export function personIn({ peer, people }: LocalChat, account: AccountId, own: Person): Person {
  if (account === own.account) return own
  if (peer) return toPerson(peer)
  const id = AccountId.toBytes(account)
  const known = people.find(({ accountId }) => equalBytes(accountId, id))
  return known ? toPerson(known) : strangerOf(account)
}
