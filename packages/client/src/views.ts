/** What the client shows: plain values, made from local state and from the server's answers. */
import { AccountId, ChatId, DeviceId, equalBytes, type MessageId } from '@veche/protocol'
import {
  AcceptancePolicy,
  type Device,
  RegistrationPolicy,
  Visibility as WireVisibility,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  ChatType,
  type IncomingRequest,
  type OutgoingRequest,
  RequestStatus,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type OwnDevice, OwnDeviceState, type Profile } from '@veche/protocol/gen/local/v1/device_pb.js'
import type { Acknowledgement, Binding, DeviceNews, GroupChange, LocalDevice, NoticeKind } from '@veche/sync'
import type { Kept, ShownMessage } from './chat-views.ts'
import type { MarksView } from './mark-views.ts'
import type { Person } from './person.ts'
import type { RoleName } from './roles.ts'

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

/** The peer of an open private chat (M10). */
export interface Contact extends Person {
  readonly chat: ChatId
  /** The user compared the safety number with this account. */
  readonly verified: boolean
  readonly binding: Binding
}

/** `ended`: nobody has refused it, but the link that it was made by is no longer good. */
export type RequestStatusName = 'pending' | 'refused' | 'allowed' | 'open' | 'ended'

export interface Request {
  readonly id: string
  readonly direction: 'incoming' | 'outgoing'
  /** Of the other: who asks, or who was asked. */
  readonly handle: string
  /** Of who asks. */
  readonly name?: string
  /** It is about a group: the asker wishes to add the other to it. */
  readonly group?: true
  /** The group, of an outgoing request, and of one to be let in; that to be added to one does not tell which. */
  readonly chat?: ChatId
  /** Who asks wishes to be let into the group: the other side is the group, and `handle` of an outgoing one empty. */
  readonly join?: true
  /** Of an incoming one of these: the link that it was made by, as `groups.invites` names it. */
  readonly link?: string
  /** The handle stands for another account than that of who asks: it cannot be allowed until that is accepted (A2). */
  readonly changed?: true
  readonly status: RequestStatusName
  /** Milliseconds since 1970. */
  readonly at: number
}

export type ClientEvent =
  | ({ readonly type: 'message' } & ShownMessage)
  | ({ readonly type: 'request' } & Request)
  /** A chat is there that was not. */
  | ({ readonly type: 'chat'; readonly chat: ChatId } & ChatTitle)
  | ({ readonly type: 'group'; readonly chat: ChatId; readonly name: string } & GroupChangeView)
  | {
      readonly type: 'notice'
      readonly notice: NoticeKind
      readonly chat?: ChatId
      readonly seq?: bigint
      /** Of `stuck`: whose device made what this one cannot follow. */
      readonly by?: Person
      readonly detail?: string
    }
  /** Where the chat is kept has changed: by the peer, on another device, or here. */
  | ({ readonly type: 'keeping'; readonly chat: ChatId; readonly kept: Kept } & ChatTitle)
  /** A device of the own account has come or gone. `name`: what this one calls it, empty where it was not named. */
  | ({ readonly type: 'device'; readonly name: string } & DeviceNews)
  /** More is here of what is older than this device. */
  | { readonly type: 'archive'; readonly chat: ChatId }
  /** What the account's devices agree on about the chat has changed: `here`, or on another device. */
  | ({ readonly type: 'marks'; readonly chat: ChatId; readonly here: boolean } & ChatTitle & MarksView)
  /** Another member has read everything up to `seq`. */
  | ({ readonly type: 'read'; readonly chat: ChatId; readonly by: Person; readonly seq: bigint } & ChatTitle)
  /** A device of the peer has everything up to `seq`. */
  | ({ readonly type: 'delivered'; readonly chat: ChatId; readonly seq: bigint } & ChatTitle)
  /** Another member writes, or has stopped; good until the next of them. */
  | ({
      readonly type: 'typing'
      readonly chat: ChatId
      readonly by: Person
      readonly typing: boolean
    } & ChatTitle)
  | { readonly type: 'connection'; readonly state: 'connected' | 'disconnected' }

/** Of a private chat with whom it is; of a group its name. */
export type ChatTitle =
  | { readonly with: Person; readonly name?: never }
  | { readonly with?: never; readonly name: string }

/** A commit changed something of a group that is shown. */
export interface GroupChangeView {
  /** `opened`: everybody on the server finds it and joins. `left`: this account is not in the group any more. */
  readonly change: GroupChange['change']
  /** Whom it is about. */
  readonly who?: Person
  /** Who did it. */
  readonly by?: Person
  /** Of `members`; `left`: by their own wish, which `by` has carried out; `joined`: by an invite link. */
  readonly how?: NonNullable<GroupChange['how']>
  /** Of `roles`: the one that they have now. */
  readonly role?: RoleName
}

export interface SendOptions {
  /** Of the message, new by default; one that was taken under this id before is not taken again. */
  readonly id?: string
  /** The message that it answers, one of the same chat that this device has. */
  readonly replyTo?: MessageId
  /** It is what was kept as the chat's draft: that is forgotten at the same moment. */
  readonly fromDraft?: boolean
}

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
  /** What the one that asks calls it; empty where it was not named. */
  readonly name: string
  /** Whether the account's key says that it is one of the account; else somebody else has put it there (A3). */
  readonly certified: boolean
  /** Whether the server has ended it because it gave no sign of itself for 90 days; who removes it puts it out of the chats. */
  readonly silent: boolean
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

/** @param device what it knows of handles */
export function toIncoming(
  { requestId, from, status, requestedAtMs, type, groupId, inviteId }: IncomingRequest,
  device: Pick<LocalDevice, 'pins'>,
): Request {
  const pin = from && device.pins.get(from.handle)
  const isChanged = pin !== undefined && !equalBytes(AccountId.toBytes(pin.accountId), from!.accountId)
  return {
    ...(isChanged && { changed: true }),
    ...(type === ChatType.GROUP && { group: true }),
    ...(groupId.length > 0 && { chat: ChatId.fromBytes(groupId), join: true }),
    ...(inviteId.length > 0 && { link: requestIdText(inviteId) }),
    id: requestIdText(requestId),
    direction: 'incoming',
    handle: from?.handle ?? '',
    name: from?.displayName ?? '',
    status: toRequestStatus(status),
    at: Number(requestedAtMs),
  }
}

export function toOutgoing(request: OutgoingRequest): Request {
  const { requestId, handle, status, requestedAtMs, groupId, join } = request
  return {
    ...(groupId.length > 0 && { group: true, chat: ChatId.fromBytes(groupId) }),
    ...(join && { join }),
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
    case RequestStatus.ENDED:
      return 'ended'
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

/** @param known what this device knows of it */
export function toDeviceView(
  { deviceId, enrolledDay, seenDay }: Device,
  { name, state }: OwnDevice,
  own: DeviceId,
): DeviceView {
  const device = DeviceId.fromBytes(deviceId)
  const certified = state !== OwnDeviceState.UNCERTIFIED
  const silent = state === OwnDeviceState.SILENT
  return { device, enrolledDay, seenDay, current: device === own, name, certified, silent }
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
