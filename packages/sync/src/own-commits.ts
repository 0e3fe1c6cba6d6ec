/** Commits of this device's own: making one, and what became of those that somebody waits for. */
import { create } from '@bufbuild/protobuf'
import { type CommitIntent, commit, type Device, type PendingCommit as MadeCommit } from '@veche/mls'
import { AccountId, equalBytes, MessageId, randomId } from '@veche/protocol'
import {
  type Admission,
  AdmissionSchema,
  type InviteTerms,
  type Publication,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { InviteKey } from '@veche/protocol/gen/e2ee/v1/join_info_pb.js'
import { type ChatChange, type GroupProfile, JoinOfferSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { toChanges } from './chat-record.ts'
import { wrapProfileKey } from './group-profile.ts'
import { liveInviteKeys, proveAdmission } from './invite-keys.ts'
import { type OlderKeys, sealJoinOffer } from './join-offer.ts'
import type { LocalChat, PendingCommit } from './local-chat.ts'

export interface ChatIntent extends CommitIntent {
  /** Of a group, where the commit changes it; its hash belongs in `state`, too. */
  readonly profile?: GroupProfile
  /** Of invites that begin to live by it. */
  readonly inviteTerms?: readonly InviteTerms[]
  readonly inviteKeys?: readonly InviteKey[]
  /** For who joins by an invite with history that begins to live by it: what the chat itself does not know of the past. */
  readonly older?: OlderKeys
  /** Of a group that is open after it, where it opens the group or changes the profile. */
  readonly publication?: Publication
  /** Of those whom it lets in by links. */
  readonly admissions?: readonly NewAdmission[]
}

export interface NewAdmission {
  readonly accountId: AccountId
  readonly inviteId: Uint8Array
  /** JoinRequest bytes. */
  readonly joinRequest: Uint8Array
}

interface GroupOffer extends Pick<ChatIntent, 'inviteTerms'> {
  readonly publication?: Publication | undefined
  readonly older?: OlderKeys | undefined
}

/** `lost`: another commit has won the epoch. `waiting`: the log has not told yet. */
export type CommitFate = 'waiting' | 'in-force' | 'lost' | { readonly refused: string }

/** Every commit of a group carries its profile. @throws PolicyError when members would refuse the commit */
export async function prepareCommit(
  chat: LocalChat,
  device: Device,
  {
    profile: changed,
    inviteTerms = [],
    inviteKeys = [],
    publication,
    older,
    admissions = [],
    ...intent
  }: ChatIntent,
): Promise<{ messageId: MessageId; changes: ChatChange[] }> {
  const made = await commit(chat.group, device, intent)
  const messageId = randomId(MessageId)
  const known = [...(chat.profile?.inviteKeys ?? []), ...inviteKeys]
  const profile = changed ?? chat.profile
  const given = { inviteTerms, publication, older: older && withOwnKeys(older, chat) }
  const committed = {
    messageId: MessageId.toBytes(messageId),
    saved: made.saved,
    withoutPath: isOnlyAdding(intent),
    ...(profile && (await groupPartOf(made, { ...profile, inviteKeys: known }, given))),
    ...(profile && { admissions: admissions.map((one) => provedBy(profile, made, one)) }),
  }
  return { messageId, changes: toChanges({ case: 'committed', value: committed }) }
}

/** What a commit of a group carries besides itself. */
export async function groupPartOf(
  made: MadeCommit,
  known: GroupProfile,
  { inviteTerms = [], publication, older }: GroupOffer = {},
): Promise<Pick<PendingCommit, 'profile' | 'wrappedProfileKey' | 'joinOffer'>> {
  const profile = { ...known, inviteKeys: liveInviteKeys(made.next, known.inviteKeys) }
  const sealed = await sealJoinOffer(made, profile, older)
  const isNamed = inviteTerms.length > 0 || publication !== undefined
  const joinOffer = sealed ?? (isNamed ? create(JoinOfferSchema, {}) : undefined)
  return {
    profile,
    wrappedProfileKey: await wrapProfileKey(made.next, profile),
    ...(joinOffer && {
      joinOffer: { ...joinOffer, inviteTerms: [...inviteTerms], ...(publication && { publication }) },
    }),
  }
}

/** Whoever makes it knows the link's member key. @throws RangeError else */
function provedBy(
  { inviteKeys }: GroupProfile,
  { next, welcome }: MadeCommit,
  { accountId, inviteId, joinRequest }: NewAdmission,
): Admission {
  const memberKey = inviteKeys.find((one) => equalBytes(one.inviteId, inviteId))
  if (!memberKey || !welcome) throw new RangeError('an admission without the member key of its link')
  const proof = proveAdmission(next.chatId, memberKey, joinRequest, welcome)
  return create(AdmissionSchema, { accountId: AccountId.toBytes(accountId), inviteId, proof })
}

/** In memory: who waits for a commit asks in the same run of the program. */
export class OwnCommits {
  readonly #fates = new Map<MessageId, CommitFate>()

  expect(messageId: MessageId): void {
    this.#fates.set(messageId, 'waiting')
  }

  /** @returns whether somebody waits for it */
  settle(pending: Pick<PendingCommit, 'messageId'> | undefined, fate: CommitFate): boolean {
    const messageId = pending && MessageId.fromBytes(pending.messageId)
    if (messageId === undefined || !this.#fates.has(messageId)) return false
    this.#fates.set(messageId, fate)
    return true
  }

  /** Once a commit's fate was told it is forgotten. */
  take(messageId: MessageId): CommitFate {
    const fate = this.#fates.get(messageId) ?? 'waiting'
    if (fate !== 'waiting') this.#fates.delete(messageId)
    return fate
  }
}

/** Of an epoch that this device was in its own key is the right one. */
function withOwnKeys({ inviteId, keys }: OlderKeys, { epochs }: LocalChat): OlderKeys {
  const own = epochs.map(({ epoch, historyKey: key }) => ({ epoch, key }))
  const known = new Set(own.map(({ epoch }) => epoch))
  return { inviteId, keys: [...keys.filter(({ epoch }) => !known.has(epoch)), ...own] }
}

function isOnlyAdding({ add = [], remove = [], state }: CommitIntent): boolean {
  return add.length > 0 && remove.length === 0 && !state
}
