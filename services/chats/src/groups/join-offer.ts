/**
 * What a commit gives to those who join by a link after it (`JoinOffer`), and on what terms invites begin to live. The
 * keys must be sealed to exactly the live invites of the state after it by which people join at once: a missing one would
 * shut a link, and one too many would open the group to a link that was revoked, or to who is to ask first. What is inside
 * the server cannot read.
 */
import { create } from '@bufbuild/protobuf'
import { isByRequest } from '@veche/mls/wire'
import { decodeMessage, encodeMessage, equalBytes } from '@veche/protocol'
import {
  type Handshake,
  HandshakeSchema,
  type SealedGroupInfo,
  type InviteTerms as WireTerms,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatState, Invite } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import {
  DEFAULT_INVITE_LASTS_MS,
  MAX_FIRST_HISTORY_PAGE_BYTES,
  MAX_HANDSHAKE_BYTES,
  MAX_HISTORY_PAGE_BYTES,
  MAX_INVITE_LASTS_MS,
  MAX_INVITE_USES,
  MIN_INVITE_LASTS_MS,
  OPEN_INVITE_LASTS_MS,
  OPEN_INVITE_USES,
} from '../limits.ts'
import { type PublicationChange, readPublication } from './publication.ts'

export interface JoinOffer {
  /** What is kept for who joins; empty where no invite lives. */
  readonly sealed: Uint8Array
  /** Of the invites with history, what the commit adds for who joins by them. */
  readonly historyPages: readonly HistoryPage[]
  /** Of every invite that lives after the commit. */
  readonly invites: readonly InviteTerms[]
  /** Of an open group. */
  readonly publication: PublicationChange
}

export interface HistoryPage {
  readonly inviteId: Uint8Array
  readonly page: Uint8Array
}

export interface InviteTerms {
  readonly inviteId: Uint8Array
  readonly lastsMs: bigint
  readonly maxUses: number
}

/** Of an open group's open link. */
const OPEN_TERMS = { lastsMs: OPEN_INVITE_LASTS_MS, maxUses: OPEN_INVITE_USES }

/** enc, the key, the proof and the tag. */
const SEALED_KEY_BYTES = 32 + 32 + 32 + 16

/** @returns undefined where it is not what the state after the commit asks for */
export function readJoinOffer(
  { joinInfoCiphertext, groupInfos, inviteTerms, publication: published }: Handshake,
  before: ChatState,
  after: ChatState,
): JoinOffer | undefined {
  const free = after.invites.filter((invite) => !isByRequest(invite))
  const isExact =
    groupInfos.length === free.length &&
    groupInfos.every((info, index) => {
      const invite = free[index]!
      const isOfInvite = equalBytes(info.inviteId, invite.id) && hasHistoryPage(info, invite, before)
      return isOfInvite && info.ciphertext.length === SEALED_KEY_BYTES
    })
  if (!isExact || joinInfoCiphertext.length > 0 !== groupInfos.length > 0) return undefined
  const publication = readPublication(published, before, after)
  if (!publication) return undefined
  const open = after.invites
    .filter((invite) => invite.open)
    .map(({ id: inviteId }) => ({ inviteId, ...OPEN_TERMS }))
  const limited = after.invites.flatMap((invite) => (invite.open ? [] : [invite.id]))
  const terms = limited.map((id) => termsOf(id, inviteTerms))
  const newIds = limited.filter((id) => !isIn(before.invites, id))
  const areOfNew = inviteTerms.every(({ inviteId }, index) => {
    const isFirst = !inviteTerms.some((other, at) => at < index && equalBytes(other.inviteId, inviteId))
    return isFirst && newIds.some((id) => equalBytes(id, inviteId))
  })
  if (!areOfNew || !terms.every(areInBounds)) return undefined
  const invites = [...terms, ...open]
  return {
    sealed: encodeOffer(joinInfoCiphertext, groupInfos),
    historyPages: pagesOf(groupInfos),
    invites,
    publication,
  }
}

/** What takes the place of the offer before it; pages are kept beside those before them. */
function encodeOffer(joinInfoCiphertext: Uint8Array, groupInfos: readonly SealedGroupInfo[]): Uint8Array {
  if (groupInfos.length === 0) return new Uint8Array()
  const keys = groupInfos.map(({ inviteId, ciphertext }) => ({ inviteId, ciphertext }))
  return encodeMessage(HandshakeSchema, create(HandshakeSchema, { joinInfoCiphertext, groupInfos: keys }))
}

function pagesOf(groupInfos: readonly SealedGroupInfo[]): HistoryPage[] {
  return groupInfos.flatMap(({ inviteId, historyPage: page }) =>
    page.length > 0 ? [{ inviteId, page }] : [],
  )
}

/** Whether there is a page where there must be one, and of a length that it may have. */
function hasHistoryPage({ historyPage }: SealedGroupInfo, invite: Invite, before: ChatState): boolean {
  if (!invite.withHistory) return historyPage.length === 0
  const goesOn = before.invites.some(({ id, withHistory }) => withHistory && equalBytes(id, invite.id))
  const most = goesOn ? MAX_HISTORY_PAGE_BYTES : MAX_FIRST_HISTORY_PAGE_BYTES
  return historyPage.length > 0 && historyPage.length <= most
}

/** Whether a handshake offers nothing: where nobody can join by a link. */
export function offersNothing(handshake: Handshake): boolean {
  const { joinInfoCiphertext, groupInfos, inviteTerms, publication, admissions } = handshake
  const lists = groupInfos.length + inviteTerms.length + admissions.length
  return joinInfoCiphertext.length + lists === 0 && !publication
}

/** What is offered to who holds an invite; undefined where it is not among them. @throws DecodeError */
export function openJoinOffer(offer: Uint8Array, inviteId: Uint8Array) {
  const { joinInfoCiphertext, groupInfos } = decodeMessage(HandshakeSchema, offer, MAX_HANDSHAKE_BYTES)
  const sealedKey = groupInfos.find((info) => equalBytes(info.inviteId, inviteId))?.ciphertext
  return sealedKey && { joinInfoCiphertext, sealedKey }
}

function termsOf(inviteId: Uint8Array, terms: readonly WireTerms[]): InviteTerms {
  const given = terms.find((one) => equalBytes(one.inviteId, inviteId))
  return {
    inviteId,
    lastsMs: given?.lastsMs || DEFAULT_INVITE_LASTS_MS,
    maxUses: given?.maxUses || MAX_INVITE_USES,
  }
}

function areInBounds({ lastsMs, maxUses }: InviteTerms): boolean {
  return lastsMs >= MIN_INVITE_LASTS_MS && lastsMs <= MAX_INVITE_LASTS_MS && maxUses <= MAX_INVITE_USES
}

function isIn(invites: ChatState['invites'], inviteId: Uint8Array): boolean {
  return invites.some(({ id }) => equalBytes(id, inviteId))
}
