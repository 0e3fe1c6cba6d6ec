/** Invite links into a group: making them, seeing what became of them, taking them back, and joining by one. */
import { stateOf } from '@veche/mls'
import { ChatId, DecodeError, equalBytes } from '@veche/protocol'
import type { LiveInvite } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Invite, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { type Chat, isUsable, type Terms, withoutInvite } from '@veche/sync'
import { UsageError } from './errors.ts'
import { formatInviteLink, type InviteLink, parseInviteLink, serverIdOf } from './invite-link.ts'
import type { Member } from './member.ts'
import { type RoleName, toRole, toRoleName } from './roles.ts'
import { requestIdText } from './views.ts'

export interface NewInvite {
  /** From now, 1 minute to 90 days; 7 days by default. */
  readonly expiresMs?: number
  /** How many accounts may come by it, 1 to 1,000; 1,000 by default. */
  readonly uses?: number
  /** Who opens the link asks, and is let in by who has the right to add people; false by default. */
  readonly approve?: boolean
  /** Of who comes by it, at most one's own: they ask, and are let in by a device that may. That of joiners by default. */
  readonly role?: RoleName
  /** A registration code, so that the link also takes who has no account yet. */
  readonly registration?: string
  /** Who joins by it, at once, also reads what was written before, as far as this device can and the server keeps it (M15). */
  readonly history?: boolean
}

export interface MadeInvite {
  readonly id: string
  /** Shown this once: nobody but its holders knows it afterwards. */
  readonly link: string
}

export interface GroupInvite {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly uses: number
  readonly maxUses: number
  /** Whether anybody can still join by it. */
  readonly usable: boolean
  /** By which everybody joins who finds the group: as long as it is open. */
  readonly open: boolean
  /** Who joins by it also reads what was written before. */
  readonly history: boolean
  /** Who opens it asks, and is let in by a person. */
  readonly approve: boolean
  /** Of who comes by it; undefined where it is that of joiners. */
  readonly role?: RoleName
}

export interface JoinState {
  readonly chat: ChatId
  /** `pending`: the link demands to ask; this device comes in once a member lets it in. `refused`: none does for 30 days. */
  readonly status: 'joined' | 'pending' | 'refused'
  readonly request?: string
}

/** Where a link leads, before joining by it. */
export type InvitePreview =
  /** This device is in the group. */
  | { readonly kind: 'member'; readonly chat: ChatId }
  /** The link demands to ask; what the group is, is shown to who is let in. */
  | { readonly kind: 'by-request'; readonly chat: ChatId }
  | {
      readonly kind: 'group'
      readonly chat: ChatId
      /** Empty where it could not be read. */
      readonly name: string
      readonly description: string
      /** How many other accounts are in it. */
      readonly people: number
    }

const MIN_LASTS_MS = 60 * 1000
const MAX_LASTS_MS = 90 * 24 * 60 * MIN_LASTS_MS
const MAX_USES = 1000
const SEED_BYTES = 32

/** @throws UsageError `terms_invalid`, `history_at_once`; as `Groups` */
export async function makeInvite(
  { delivery, profile }: Member,
  server: string,
  group: Chat,
  { expiresMs, uses, registration, history = false, approve, role }: NewInvite,
): Promise<MadeInvite> {
  const terms = { lastsMs: expiresMs, maxUses: uses, approve, role: role && toRole(role) }
  if (!areInBounds(terms)) throw new UsageError('terms_invalid')
  if (history && (approve || role)) throw new UsageError('history_at_once')
  const seed = crypto.getRandomValues(new Uint8Array(SEED_BYTES))
  const id = await delivery.groups.invite(group, seed, { ...terms, withHistory: history })
  const serverId = serverIdOf(profile.serverIdentityKey)
  const link = { chat: group.state.chatId, seed, serverId, server, ...(registration && { registration }) }
  return { id: idText(id), link: formatInviteLink(link) }
}

/** Those that live, by the group's own state; on what terms the server says. */
export async function listInvites({ server, delivery }: Member, group: Chat): Promise<GroupInvite[]> {
  await delivery.groups.catchUp(group)
  const { invites } = await server.chats.listInvites({ chatId: ChatId.toBytes(group.state.chatId) })
  const living = stateOf(group.state.group).invites
  return invites.flatMap((invite) => {
    const live = living.find(({ id }) => equalBytes(id, invite.inviteId))
    return live ? [toView(invite, live)] : []
  })
}

/** @throws UsageError `invite_unknown` */
export async function revokeInvite({ delivery }: Member, group: Chat, id: string): Promise<void> {
  await delivery.groups.catchUp(group)
  const invite = stateOf(group.state.group).invites.find((one) => idText(one.id) === id)
  if (!invite) throw new UsageError('invite_unknown')
  await delivery.groups.commit(group, withoutInvite(invite.id))
}

/** @throws UsageError `link_invalid` for what is no link, `other_server`; as `LinkJoins.join` */
export async function joinByLink({ delivery, profile }: Member, text: string): Promise<JoinState> {
  const { chat: chatId, seed } = readOwnLink(text, profile)
  const joined = await delivery.links.join({ chatId, seed })
  if (joined.kind === 'joined') return { chat: chatId, status: 'joined' }
  const { status, requestId } = joined
  return { chat: chatId, status, ...(requestId.length === 16 && { request: requestIdText(requestId) }) }
}

/** @throws as `joinByLink`, but that nothing is joined */
export async function lookByLink({ delivery, profile }: Member, text: string): Promise<InvitePreview> {
  const { chat, seed } = readOwnLink(text, profile)
  return { chat, ...(await delivery.links.look({ chatId: chat, seed })) }
}

/** @throws UsageError `link_invalid`, `other_server` */
function readOwnLink(text: string, { serverIdentityKey }: Member['profile']): InviteLink {
  const link = readLink(text)
  if (!equalBytes(link.serverId, serverIdOf(serverIdentityKey))) throw new UsageError('other_server')
  return link
}

function readLink(text: string): InviteLink {
  try {
    return parseInviteLink(text)
  } catch (cause) {
    if (cause instanceof DecodeError) throw new UsageError('link_invalid')
    throw cause
  }
}

function areInBounds({ lastsMs = MIN_LASTS_MS, maxUses = 1 }: Terms): boolean {
  const areWhole = Number.isSafeInteger(lastsMs) && Number.isSafeInteger(maxUses)
  return areWhole && lastsMs >= MIN_LASTS_MS && lastsMs <= MAX_LASTS_MS && maxUses >= 1 && maxUses <= MAX_USES
}

function toView(invite: LiveInvite, { open, withHistory: history, approve, role }: Invite): GroupInvite {
  const { inviteId, expiresAtMs, uses, maxUses } = invite
  const usable = isUsable(invite, Date.now())
  const terms = { history, approve, ...(role !== Role.UNSPECIFIED && { role: toRoleName(role) }) }
  return { id: idText(inviteId), expiresAt: Number(expiresAtMs), uses, maxUses, usable, open, ...terms }
}

/** Invites are named as chats are: 16 bytes in base32. */
function idText(id: Uint8Array): string {
  return ChatId.fromBytes(id)
}
