/** What the client shows: plain values, made from local state and from the server's answers. */
import type { HistoryEntry } from '@veche/history'
import { AccountId, ChatId, DeviceId, equalBytes, type MessageId } from '@veche/protocol'
import {
  AcceptancePolicy,
  type Device,
  RegistrationPolicy,
  Visibility as WireVisibility,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  type IncomingRequest,
  type OutgoingRequest,
  RequestStatus,
  type Person as WirePerson,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Profile } from '@veche/protocol/gen/local/v1/device_pb.js'
import {
  type Acknowledgement,
  type Binding,
  type Content,
  decodeContent,
  type LocalChat,
  type LocalDevice,
  type LocalKeeping,
  type NoticeKind,
  Standing,
} from '@veche/sync'

export type Account =
  | { readonly kind: 'none' }
  /** A registration whose outcome is not known: `register` goes on with it. */
  | { readonly kind: 'registering'; readonly handle: string }
  /** A recovery whose outcome is not known: `recover` goes on with it. */
  | { readonly kind: 'recovering'; readonly handle: string }
  | ReadyAccount

export interface ReadyAccount {
  readonly kind: 'ready'
  readonly account: AccountId
  readonly handle: string
  readonly name: string
  readonly device: DeviceId
  /** URL. */
  readonly server: string
  readonly administrator: boolean
}

export interface Person {
  readonly account: AccountId
  readonly handle: string
  readonly name: string
}

/** The peer of an open private chat (M10). */
export interface Contact extends Person {
  readonly chat: ChatId
  /** The user compared the safety number with this account. */
  readonly verified: boolean
  readonly binding: Binding
}

export interface ChatSummary {
  readonly chat: ChatId
  readonly with: Person
  /** Whether the handle stands for this account: only then is anything sent (A2). */
  readonly binding: Binding
  readonly state: ChatStanding
  /** The greatest position that this device has. */
  readonly position: bigint
  /** Messages that wait for the server. */
  readonly waiting: number
  /** Messages that the server did not take: kept until they are sent again (`unsent`). */
  readonly notSent: number
  /** Messages of others that were not shown yet. */
  readonly unread: number
  /** Everything up to this position was shown. */
  readonly read: bigint
  /** The newest message, those that wait included. */
  readonly last?: ShownMessage
  readonly kept: Kept
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
export type ChatStanding = 'open' | 'creating' | 'removed' | 'stuck' | 'rolled-back' | 'changed-binding'

export interface ShownMessage {
  readonly chat: ChatId
  readonly id: MessageId
  /** The position in the log; none while the message waits. */
  readonly seq?: bigint
  readonly from: Person
  readonly text: string
  /** Milliseconds since 1970 by the sender's clock. */
  readonly at: number
  /** `waiting`: only on this device so far. `not-sent`: the server did not take it, and it is kept. */
  readonly state: 'waiting' | 'sent' | 'not-sent'
  /** Why it was not sent, as the server names it, e.g. `not_accepted`. */
  readonly reason?: string
}

export type RequestStatusName = 'pending' | 'refused' | 'allowed' | 'open'

export interface Request {
  readonly id: string
  readonly direction: 'incoming' | 'outgoing'
  /** Of the other: who asks, or who was asked. */
  readonly handle: string
  /** Of who asks. */
  readonly name?: string
  /** The handle stands for another account than that of who asks: it cannot be allowed until that is accepted (A2). */
  readonly changed?: true
  readonly status: RequestStatusName
  /** Milliseconds since 1970. */
  readonly at: number
}

export type ClientEvent =
  | ({ readonly type: 'message' } & ShownMessage)
  | ({ readonly type: 'request' } & Request)
  | { readonly type: 'chat'; readonly chat: ChatId; readonly with: Person }
  | {
      readonly type: 'notice'
      readonly notice: NoticeKind
      readonly chat?: ChatId
      readonly seq?: bigint
      readonly detail?: string
    }
  /** Where the chat is kept has changed: by the peer, on another device, or here. */
  | { readonly type: 'keeping'; readonly chat: ChatId; readonly with: Person; readonly kept: Kept }
  | { readonly type: 'connection'; readonly state: 'connected' | 'disconnected' }

export interface SendReceipt {
  readonly id: MessageId
  /** Rejects with RefusedError when the server refuses the message for good, UnreachableError when closed before. */
  readonly acknowledged: Promise<Acknowledgement>
}

export interface DeviceView {
  readonly device: DeviceId
  /** Days since 1970: no finer time is kept. */
  readonly enrolledDay: number
  readonly seenDay: number
  /** The one that asks. */
  readonly current: boolean
}

export type Acceptance = 'forbidden' | 'confirm' | 'allowed'
export type Visibility = 'open' | 'closed'
export type Registration = 'open' | 'invite' | 'closed'

export interface Settings {
  /** Who may start a chat with the account (M11). */
  readonly acceptance: Acceptance
  /** Whether search shows the account (M12). */
  readonly visibility: Visibility
}

export function toPerson({
  accountId,
  handle,
  displayName,
}: Pick<WirePerson, 'accountId' | 'handle' | 'displayName'>): Person {
  return { account: AccountId.fromBytes(accountId), handle, name: displayName }
}

/** @param serverUrl throws where there is none */
export function toAccount(
  { profile, registering, recovering }: LocalDevice,
  serverUrl: () => string,
): Account {
  if (profile) return toReadyAccount(profile, serverUrl())
  if (registering) return { kind: 'registering', handle: registering.profile?.handle ?? '' }
  return recovering ? { kind: 'recovering', handle: recovering.profile?.handle ?? '' } : { kind: 'none' }
}

export function toReadyAccount(profile: Profile, server: string): ReadyAccount {
  return {
    kind: 'ready',
    account: AccountId.fromBytes(profile.accountId),
    handle: profile.handle,
    name: profile.displayName,
    device: DeviceId.fromBytes(profile.deviceId),
    server,
    administrator: profile.administrator,
  }
}

/** @param newest of the log */
export function toSummary(
  chat: LocalChat,
  newest: HistoryEntry | undefined,
  own: Person,
  binding: Binding,
): ChatSummary {
  const last = toShownOutbox(chat, own).at(-1) ?? (newest && toShownEntry(newest, chat, own))
  return {
    chat: chat.chatId,
    with: toPerson(chat.peer),
    binding,
    state: STANDINGS[chat.standing],
    position: chat.position,
    waiting: chat.outbox.filter(({ position, refused }) => position === 0n && refused === '').length,
    notSent: chat.outbox.filter(({ refused }) => refused !== '').length,
    unread: chat.unread,
    read: chat.read,
    ...(last && { last }),
    kept: toKept(chat.keeping),
  }
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
  const from = accountId === own.account ? own : toPerson(chat.peer)
  return { chat: chat.chatId, id: messageId, from, text: body.text, at: sentAtMs, ...place }
}

/** @param device what it knows of handles */
export function toIncoming(
  { requestId, from, status, requestedAtMs }: IncomingRequest,
  device: Pick<LocalDevice, 'pins'>,
): Request {
  const pin = from && device.pins.get(from.handle)
  const isChanged = pin !== undefined && !equalBytes(AccountId.toBytes(pin.accountId), from!.accountId)
  return {
    ...(isChanged && { changed: true }),
    id: requestIdText(requestId),
    direction: 'incoming',
    handle: from?.handle ?? '',
    name: from?.displayName ?? '',
    status: toRequestStatus(status),
    at: Number(requestedAtMs),
  }
}

export function toOutgoing({ requestId, handle, status, requestedAtMs }: OutgoingRequest): Request {
  return {
    id: requestIdText(requestId),
    direction: 'outgoing',
    handle,
    status: toRequestStatus(status),
    at: Number(requestedAtMs),
  }
}

function toRequestStatus(status: RequestStatus): RequestStatusName {
  switch (status) {
    case RequestStatus.CREATE:
      return 'allowed'
    case RequestStatus.OPEN:
      return 'open'
    case RequestStatus.REFUSED:
      return 'refused'
    case RequestStatus.PENDING:
    case RequestStatus.UNSPECIFIED:
      return 'pending'
    default:
      return status satisfies never
  }
}

/** Requests are named as chats are: 16 bytes in base32. */
export function requestIdText(requestId: Uint8Array): string {
  return ChatId.fromBytes(requestId)
}

/** @throws DecodeError */
export function parseRequestId(text: string): Uint8Array {
  return ChatId.toBytes(ChatId.parse(text))
}

export function toDeviceView({ deviceId, enrolledDay, seenDay }: Device, own: DeviceId): DeviceView {
  const device = DeviceId.fromBytes(deviceId)
  return { device, enrolledDay, seenDay, current: device === own }
}

export const ACCEPTANCE = {
  forbidden: AcceptancePolicy.FORBIDDEN,
  confirm: AcceptancePolicy.CONFIRM,
  allowed: AcceptancePolicy.ALLOWED,
} as const satisfies Record<Acceptance, AcceptancePolicy>

export const VISIBILITY = {
  open: WireVisibility.OPEN,
  closed: WireVisibility.CLOSED,
} as const satisfies Record<Visibility, WireVisibility>

export function toSettings(wire: { acceptance: AcceptancePolicy; visibility: WireVisibility }): Settings {
  return {
    acceptance: nameOf(ACCEPTANCE, wire.acceptance, 'confirm'),
    visibility: nameOf(VISIBILITY, wire.visibility, 'closed'),
  }
}

export const REGISTRATION = {
  open: RegistrationPolicy.OPEN,
  invite: RegistrationPolicy.INVITE,
  closed: RegistrationPolicy.CLOSED,
} as const satisfies Record<Registration, RegistrationPolicy>

/** The name of an enum's value. */
export function nameOf<Name extends string>(
  names: Readonly<Record<Name, number>>,
  value: number,
  unset: Name,
): Name {
  return (Object.keys(names) as Name[]).find((name) => names[name] === value) ?? unset
}
