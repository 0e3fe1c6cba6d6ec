/**
 * What a group is called: encrypted once for each change under a key of its own, which travels with every commit,
 * encrypted for the epoch that the commit begins. The ciphertext's hash stands in the group's state, so that nobody who may
 * not rename the group can put another in its place. Format: proto/veche/e2ee/v1/chat_state.proto.
 */
import { create } from '@bufbuild/protobuf'
import { sha256 } from '@noble/hashes/sha2.js'
import { exportSecret, type Group, stateOf } from '@veche/mls'
import {
  ChatId,
  concatBytes,
  DecodeError,
  decodeMessage,
  encodeMessage,
  equalBytes,
  labelled,
} from '@veche/protocol'
import type { Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, type ChatProfile, ChatProfileSchema } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { type GroupProfile, GroupProfileSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { open, seal, TAG_BYTES } from './aes-gcm.ts'
import { decodeInviteKeys, encodeInviteKeys, inviteKeyBytes, liveInviteKeys } from './invite-keys.ts'
import type { LocalChat } from './local-chat.ts'
import { pad, unpad } from './padding.ts'

/** What people call a group, and what it is about. */
export interface Titles {
  readonly name: string
  readonly description: string
}

/** As it travels. */
export interface SealedProfile {
  readonly profileCiphertext: Uint8Array
  readonly wrappedProfileKey: Uint8Array
}

const MAX_NAME_CHARACTERS = 64
const MAX_DESCRIPTION_CHARACTERS = 500
const MAX_CIPHERTEXT_BYTES = 16 * 1024
const NONCE_BYTES = 12
const KEY_BYTES = 32
/** Each key encrypts one profile and no other. */
const NONCE = new Uint8Array(NONCE_BYTES)

export function isGroupName(name: string): boolean {
  const isPlain = name.isWellFormed() && !/\p{Cc}/u.test(name) && name.trim() === name
  return isPlain && name !== '' && characters(name) <= MAX_NAME_CHARACTERS
}

export function isGroupDescription(text: string): boolean {
  const isPlain = text.isWellFormed() && !/[^\P{Cc}\n\t]/u.test(text)
  return isPlain && characters(text) <= MAX_DESCRIPTION_CHARACTERS
}

/** @throws RangeError unless both are as they may be */
export async function sealProfile(chatId: ChatId, { name, description }: Titles): Promise<GroupProfile> {
  if (!isGroupName(name) || !isGroupDescription(description)) throw new RangeError('a profile out of bounds')
  const shown = create(ChatProfileSchema, { name, description })
  const key = crypto.getRandomValues(new Uint8Array(32))
  const plaintext = pad(encodeMessage(ChatProfileSchema, shown))
  const ciphertext = await seal(parametersOf(chatId, key), plaintext)
  return create(GroupProfileSchema, { ciphertext, key, shown })
}

/** What the group's state says of it. */
export function hashOfProfile({ ciphertext }: Pick<GroupProfile, 'ciphertext'>): Uint8Array {
  return sha256(ciphertext)
}

/** Whether it is the profile that the group's members agree on. */
export function fitsGroup(profile: Pick<GroupProfile, 'ciphertext'> | undefined, group: Group): boolean {
  return profile !== undefined && equalBytes(hashOfProfile(profile), stateOf(group).profileHash)
}

/**
 * Encrypts the profile's key for an epoch, and the live invites' member keys. What this device could not open goes with a
 * key that opens nothing, so that whoever has spoilt it does not keep the others from committing.
 * @param group as the commit makes it
 * @returns nonce (12) || AES-256-GCM of the keys
 */
export async function wrapProfileKey(group: Group, { key, inviteKeys }: GroupProfile): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const profileKey = key.length === 0 ? new Uint8Array(KEY_BYTES) : key
  const carried = concatBytes(profileKey, encodeInviteKeys(group, inviteKeys))
  return concatBytes(nonce, await seal(await wrapping(group, nonce), carried))
}

/**
 * The profile of a chat after a commit of another: as it was, where it still fits and can be read.
 * @param group in the epoch that the commit begins
 */
export function profileAfter(
  before: Pick<LocalChat, 'profile'>,
  group: Group,
  { contentCiphertext, wrappedKey }: Pick<Entry, 'contentCiphertext' | 'wrappedKey'>,
): Promise<ReadProfile> {
  const travelled = { profileCiphertext: contentCiphertext, wrappedProfileKey: wrappedKey }
  return readTravelled(group, travelled, before.profile)
}

export interface ReadProfile {
  readonly profile?: GroupProfile | undefined
  readonly isUnreadable: boolean
}

/** What came with a commit or a Welcome, as far as it can be read; nothing in a private chat. */
export async function readTravelled(
  group: Group,
  sealed: SealedProfile,
  before?: GroupProfile,
): Promise<ReadProfile> {
  if (stateOf(group).kind !== ChatKind.GROUP) return { isUnreadable: false }
  const carried = await readable(openCarried(group, sealed.wrappedProfileKey))
  const given = [
    ...(before?.inviteKeys ?? []),
    ...(carried ? decodeInviteKeys(group, carried.inviteKeys) : []),
  ]
  const inviteKeys = liveInviteKeys(group, given)
  const known = fitsGroup(before, group) ? before : undefined
  if (known?.shown) return { profile: { ...known, inviteKeys }, isUnreadable: false }
  const { profileCiphertext: ciphertext } = sealed
  const opened = carried && (await readable(openProfile(group, ciphertext, carried.key)))
  if (opened) return { profile: { ...opened, inviteKeys }, isUnreadable: false }
  const kept = fitsGroup({ ciphertext }, group) ? create(GroupProfileSchema, { ciphertext }) : known
  return { profile: kept && { ...kept, inviteKeys }, isUnreadable: known === undefined }
}

/** The keys that came along, in the epoch that the commit begins. @throws DecodeError */
async function openCarried(group: Group, wrapped: Uint8Array) {
  if (wrapped.length !== NONCE_BYTES + KEY_BYTES + inviteKeyBytes(group) + TAG_BYTES)
    throw new DecodeError('profile key: of another length')
  const nonce = wrapped.subarray(0, NONCE_BYTES)
  const carried = await open(await wrapping(group, nonce), wrapped.subarray(NONCE_BYTES))
  return { key: carried.slice(0, KEY_BYTES), inviteKeys: carried.slice(KEY_BYTES) }
}

/** @throws DecodeError unless it is the profile that the group's members agree on, and whole */
async function openProfile(group: Group, ciphertext: Uint8Array, key: Uint8Array): Promise<GroupProfile> {
  if (ciphertext.length > MAX_CIPHERTEXT_BYTES) throw new DecodeError('profile: too long')
  if (!fitsGroup({ ciphertext }, group)) throw new DecodeError('profile: not that of the group')
  return openSealedProfile(group.chatId, ciphertext, key)
}

/** Undefined for what cannot be read. */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (cause) {
    if (cause instanceof DecodeError) return undefined
    throw cause
  }
}

/** @throws DecodeError */
export async function openSealedProfile(
  chatId: ChatId,
  ciphertext: Uint8Array,
  key: Uint8Array,
): Promise<GroupProfile> {
  if (key.length !== KEY_BYTES) throw new DecodeError('profile: its key has not 32 bytes')
  const shown = readProfile(unpad(await open(parametersOf(chatId, key), ciphertext)))
  return create(GroupProfileSchema, { ciphertext, key, shown })
}

function readProfile(bytes: Uint8Array): ChatProfile {
  const shown = decodeMessage(ChatProfileSchema, bytes, MAX_CIPHERTEXT_BYTES - TAG_BYTES)
  if (!isGroupName(shown.name)) throw new DecodeError('profile: its name is out of bounds')
  if (!isGroupDescription(shown.description))
    throw new DecodeError('profile: its description is out of bounds')
  return shown
}

function parametersOf(chatId: ChatId, key: Uint8Array) {
  return { key, nonce: NONCE, associatedData: labelled('veche profile v1', ChatId.toBytes(chatId)) }
}

async function wrapping(group: Group, nonce: Uint8Array) {
  const key = await exportSecret(group, 'veche profile v1', new Uint8Array(), 32)
  const associatedData = labelled('veche profile key wrap v1', ChatId.toBytes(group.chatId))
  return { key, nonce, associatedData }
}

/** Counts code points, and no more of a long text than it must. */
function characters(text: string): number {
  return text.length > 2 * MAX_DESCRIPTION_CHARACTERS ? text.length : [...text].length
}
