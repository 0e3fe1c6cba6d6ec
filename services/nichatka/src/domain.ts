/**
 * The nouns of Nichatka (N13), as values. A host is a system that has taken Nichatka in; nothing here is ever shared between two
 * hosts, and every key in the database begins with the host's id.
 */
import type { Brand } from './brand.ts'

/** Small and this service's own; `aud` of a token names the host by its name. */
export type HostId = Brand<number, 'HostId'>
export type UserId = Brand<bigint, 'UserId'>
export type MessageId = Brand<bigint, 'MessageId'>
export type GroupId = Brand<bigint, 'GroupId'>
/** Checked by `parseNickname`. */
export type Nickname = Brand<string, 'Nickname'>

/** A user whom the host vouched for. */
export interface User {
  readonly hostId: HostId
  readonly id: UserId
  readonly nickname: Nickname
}

/** From the least to the highest. */
export const priorities = ['ordinary', 'important', 'critical'] as const
export type Priority = (typeof priorities)[number]

/** N3: at least six; each user's own. */
export const colors = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'gray'] as const
export type Color = (typeof colors)[number]

/** N5: each user's own. A message is `new` until its reader handles it, never again afterwards. */
export const statuses = ['new', 'read', 'hidden'] as const
export type Status = (typeof statuses)[number]

/** How many messages are new to a user, by priority as shown to that user. */
export type Unread = Readonly<Record<Priority, number>>

/** Whom a message is written to, as its sender chose. */
export type Address =
  | { readonly kind: 'user'; readonly nickname: Nickname }
  | { readonly kind: 'group'; readonly groupId: GroupId }
  | { readonly kind: 'everyone' }

/** The same with the group's name, to be shown. */
export type Recipient =
  | { readonly kind: 'user'; readonly nickname: Nickname }
  | { readonly kind: 'group'; readonly groupId: GroupId; readonly name: string }
  | { readonly kind: 'everyone' }

export interface Group {
  readonly id: GroupId
  readonly name: string
  readonly memberCount: number
  readonly isArchived: boolean
}

/** Limits of what people write; checked before anything is stored. */
export const maxTextChars = 10_000
export const maxGroupNameChars = 80
/** Of what is looked for in texts; in UTF-16 units, as a field counts. */
export const maxQueryLength = 200
/** Of a name that is looked for: a whole one fits. */
export const maxNameQueryLength = 300
export const maxGroupMembers = 10_000
export const maxAddresses = 1_000
