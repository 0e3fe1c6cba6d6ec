/**
 * What a commit gives to those who join by a link after it: the group as it is then, and its profile, encrypted once, and
 * the key of it sealed to each live invite. Format: proto/veche/e2ee/v1/join_info.proto.
 *
 * To seal it takes the invite's public keys, which the server has too. Therefore the key comes with a proof that takes the
 * invite's member key: who opens it knows that somebody made it who is, or was while the link lived, in the group of the
 * link, or holds the link (A5).
 */
import { create } from '@bufbuild/protobuf'
import {
  type Group,
  inviteMemberKey,
  inviteSealingPrivateKey,
  isByRequest,
  openSealed,
  type PendingCommit,
  sealTo,
  stateOf,
  view,
} from '@veche/mls'
import {
  ChatId,
  concatBytes,
  DecodeError,
  decodeMessage,
  encodeMessage,
  equalBytes,
  labelled,
} from '@veche/protocol'
import { SealedGroupInfoSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Invite } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { type JoinInfo, JoinInfoSchema } from '@veche/protocol/gen/e2ee/v1/join_info_pb.js'
import {
  type GroupProfile,
  GroupProfileSchema,
  type JoinOffer,
  JoinOfferSchema,
} from '@veche/protocol/gen/local/v1/chat_pb.js'
import { open, seal } from './aes-gcm.ts'
import { historyKeyOf } from './archive-key.ts'
import { openSealedProfile } from './group-profile.ts'
import { type EpochKey, sealHistoryPage } from './invite-history.ts'
import { proveJoinInfo } from './invite-keys.ts'

type Pending = Pick<PendingCommit, 'groupInfo' | 'next'>

/** What the server answers to who holds a link. */
export interface FetchedInvite {
  readonly joinInfoCiphertext: Uint8Array
  readonly sealedKey: Uint8Array
}

/** For who joins by one of the links that begins to live, and is with history: keys of the epochs before. */
export interface OlderKeys {
  /** 16 bytes. */
  readonly inviteId: Uint8Array
  readonly keys: readonly EpochKey[]
}

export interface OpenedInvite {
  readonly groupInfo: Uint8Array
  readonly profile: GroupProfile
}

const KEY_BYTES = 32
/** Each key encrypts one offer and no other. */
const NONCE = new Uint8Array(12)
const MAX_BYTES = 2 * 1024 * 1024
const SMALLEST_BYTES = 256

/** Undefined where nobody can join by a link after the commit. */
export async function sealJoinOffer(
  { groupInfo, next }: Pending,
  { ciphertext, key: profileKey, inviteKeys }: GroupProfile,
  older?: OlderKeys,
): Promise<JoinOffer | undefined> {
  const invites = stateOf(next).invites.filter((invite) => !isByRequest(invite))
  if (invites.length === 0) return undefined
  const { chatId } = next
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  const profile = { profileCiphertext: ciphertext, profileKey, inviteKeys }
  const info = create(JoinInfoSchema, { groupInfo, ...profile })
  const joinInfoCiphertext = await seal(parametersOf(chatId, key), pad(encodeMessage(JoinInfoSchema, info)))
  const groupInfos = await Promise.all(
    invites.map(async (invite) => {
      const { id: inviteId, sealingKey } = invite
      const memberKey = inviteKeys.find((one) => equalBytes(one.inviteId, inviteId)) ?? unknownKey(inviteId)
      const text = concatBytes(key, proveJoinInfo(chatId, memberKey, joinInfoCiphertext))
      const ciphertext = await sealTo(sealingKey, purposeOf(chatId, inviteId), text)
      const historyPage = await historyPageFor(invite, next, memberKey.key, older)
      return create(SealedGroupInfoSchema, { inviteId, ciphertext, historyPage })
    }),
  )
  return create(JoinOfferSchema, { joinInfoCiphertext, groupInfos })
}

/**
 * Opens what the server gives to who holds a link's seed.
 * @throws DecodeError where it was not sealed to this invite of this chat, or by nobody who knows its member key
 */
export async function openJoinOffer(
  chatId: ChatId,
  { inviteId, seed }: { readonly inviteId: Uint8Array; readonly seed: Uint8Array },
  { joinInfoCiphertext, sealedKey }: FetchedInvite,
): Promise<OpenedInvite> {
  if (joinInfoCiphertext.length > MAX_BYTES) throw new DecodeError('join info: too long')
  const privateKey = await inviteSealingPrivateKey(seed)
  const text = await openSealed(privateKey, purposeOf(chatId, inviteId), sealedKey)
  const [key, proof] = [text.slice(0, KEY_BYTES), text.slice(KEY_BYTES)]
  const memberKey = { inviteId, key: inviteMemberKey(seed) }
  if (!equalBytes(proof, proveJoinInfo(chatId, memberKey, joinInfoCiphertext)))
    throw new DecodeError('join info: of nobody in the group')
  const bytes = unpad(await open(parametersOf(chatId, key), joinInfoCiphertext))
  const info = decodeMessage(JoinInfoSchema, bytes, MAX_BYTES)
  return { groupInfo: info.groupInfo, profile: await profileIn(chatId, info) }
}

/** The key of the epoch that begins: who commits knows it, and who joins in that epoch does not. */
async function historyPageFor(
  invite: Invite,
  next: Group,
  memberKey: Uint8Array,
  older: OlderKeys | undefined,
): Promise<Uint8Array> {
  if (!invite.withHistory) return new Uint8Array()
  const before = older && equalBytes(older.inviteId, invite.id) ? older.keys : []
  const present = { epoch: view(next).epoch, key: await historyKeyOf(next) }
  return sealHistoryPage(next.chatId, invite, memberKey, [...before, present])
}

/** One that cannot be read goes on as it came: the group is there all the same. */
async function profileIn(
  chatId: ChatId,
  { profileCiphertext, profileKey, inviteKeys }: JoinInfo,
): Promise<GroupProfile> {
  try {
    return { ...(await openSealedProfile(chatId, profileCiphertext, profileKey)), inviteKeys }
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    return create(GroupProfileSchema, { ciphertext: profileCiphertext, inviteKeys })
  }
}

/** Proves nothing: nobody joins by this link before somebody commits who knows its key. */
function unknownKey(inviteId: Uint8Array) {
  return { inviteId, key: new Uint8Array(KEY_BYTES) }
}

function parametersOf(chatId: ChatId, key: Uint8Array) {
  return { key, nonce: NONCE, associatedData: labelled('veche join info v1', ChatId.toBytes(chatId)) }
}

function purposeOf(chatId: ChatId, inviteId: Uint8Array): Uint8Array {
  return labelled('veche invite key v1', ChatId.toBytes(chatId), inviteId)
}

/** To 16ths of the power of two below: what its length tells of a group is little more than how many are in it. */
function pad(bytes: Uint8Array): Uint8Array {
  const length = bytes.length + 1
  const step = Math.max(SMALLEST_BYTES, 2 ** (Math.floor(Math.log2(length)) - 4))
  const padded = new Uint8Array(Math.ceil(length / step) * step)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  return padded
}

function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.findLastIndex((byte) => byte !== 0)
  if (padded[end] !== 0x80) throw new DecodeError('join info: the mark of its padding is missing')
  return padded.slice(0, end)
}
