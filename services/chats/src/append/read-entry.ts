/**
 * From a request's bytes to an entry that may enter a log: lengths first, then what a server can read of MLS.
 * Nothing is verified here that members verify; what is refused is refused by every member's client too.
 */
import { hash } from 'node:crypto'
import {
  type Handshake as DecodedHandshake,
  readHandshake,
  readPrivateMessage,
  readWelcome,
} from '@veche/mls/wire'
import { AccountId, ChatId, DecodeError, DeviceId, equalBytes, labelled } from '@veche/protocol'
import type { Account } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { Application, Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, type ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { MAX_APPLICATION_BYTES, MAX_HANDSHAKE_BYTES, WRAPPED_KEY_BYTES } from '../limits.ts'
import type { CommitEffect, NewEntry, Refusal } from './new-entry.ts'
import type { Device } from './roster.ts'

/** What every entry has besides its bytes. */
export interface EntryFrame {
  readonly chatId: ChatId
  readonly sender: Device
  readonly messageId: Uint8Array
}

export type ReadEntry =
  | { readonly kind: 'entry'; readonly entry: NewEntry }
  | { readonly kind: 'refused'; readonly reason: Refusal }

const MESSAGE_ID_BYTES = 16
const NOTHING = new Uint8Array()

export function readApplication(frame: EntryFrame, application: Application): ReadEntry {
  const { mlsMessage, contentCiphertext, wrappedKey } = application
  const bytes = mlsMessage.length + contentCiphertext.length + wrappedKey.length
  if (bytes > MAX_APPLICATION_BYTES || frame.messageId.length !== MESSAGE_ID_BYTES)
    return refused('entry_invalid')
  if (contentCiphertext.length === 0) return refused('entry_invalid')
  if (wrappedKey.length !== 0 && wrappedKey.length !== WRAPPED_KEY_BYTES) return refused('entry_invalid')
  const decoded = decodedOr(() => readPrivateMessage(mlsMessage))
  if (!decoded || !equalBytes(decoded.groupId, groupIdOf(frame.chatId))) return refused('entry_invalid')
  return {
    kind: 'entry',
    entry: { ...frame, epoch: decoded.epoch, mlsMessage, contentCiphertext, wrappedKey },
  }
}

/** @param accounts the two of the private chat, with their active devices */
export function readCommit(frame: EntryFrame, handshake: Handshake, accounts: readonly Account[]): ReadEntry {
  if (frame.messageId.length !== MESSAGE_ID_BYTES) return refused('entry_invalid')
  if (handshakeBytes(handshake) > MAX_HANDSHAKE_BYTES) return refused('commit_invalid')
  if (handshake.groupInfos.length > 0 || handshake.profileCiphertext.length > 0)
    return refused('commit_invalid')
  const decoded = decodedOr(() => readHandshake(handshake.commit))
  if (!decoded || !equalBytes(decoded.groupId, groupIdOf(frame.chatId))) return refused('commit_invalid')
  if (decoded.sender.kind === 'external' || decoded.refusedProposals) return refused('not_allowed')
  if (needsPath(decoded) && !decoded.hasPath) return refused('commit_invalid')
  if (!welcomesExactly(handshake.welcome, decoded)) return refused('commit_invalid')
  if (decoded.chatState && !isOfPair(decoded.chatState, accounts)) return refused('not_allowed')
  const adds = decoded.adds.map((leaf) => findDevice(accounts, leaf))
  if (!adds.every((device) => device !== undefined)) return refused('not_allowed')
  const commit: CommitEffect = {
    senderLeaf: decoded.sender.leaf,
    adds,
    removes: decoded.removes,
    revoked: new Set(decoded.chatState?.revokedDevices.map((id) => DeviceId.fromBytes(id))),
    welcome: handshake.welcome,
  }
  const { epoch } = decoded
  const bytes = { mlsMessage: handshake.commit, contentCiphertext: NOTHING, wrappedKey: NOTHING }
  return { kind: 'entry', entry: { ...frame, epoch, ...bytes, commit } }
}

/** The MLS group id of a chat that was never reset (incarnation 0). */
export function groupIdOf(chatId: ChatId): Uint8Array {
  const incarnation = new Uint8Array(4)
  return hash('sha256', labelled('veche group id v1', ChatId.toBytes(chatId), incarnation), 'buffer')
}

function refused(reason: Refusal): ReadEntry {
  return { kind: 'refused', reason }
}

function decodedOr<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

function handshakeBytes({ commit, welcome, groupInfos, profileCiphertext }: Handshake): number {
  const sealed = groupInfos.reduce((bytes, { ciphertext }) => bytes + ciphertext.length, 0)
  return commit.length + welcome.length + profileCiphertext.length + sealed
}

/** Only a commit that does nothing but add may go without (RFC 9420 section 12.4; A6). */
function needsPath({ adds, removes, chatState }: DecodedHandshake): boolean {
  return adds.length === 0 || removes.length > 0 || chatState !== undefined
}

function welcomesExactly(welcome: Uint8Array, { adds }: DecodedHandshake): boolean {
  if (adds.length === 0 || welcome.length === 0) return adds.length === 0 && welcome.length === 0
  const references = decodedOr(() => readWelcome(welcome).references)
  if (references?.length !== adds.length) return false
  const sorted = (all: readonly Uint8Array[]) => all.toSorted(Buffer.compare)
  const added = sorted(adds.map(({ reference }) => reference))
  return sorted(references).every((reference, index) => equalBytes(reference, added[index]!))
}

function isOfPair(state: ChatState, accounts: readonly Account[]): boolean {
  const sorted = (ids: readonly Uint8Array[]) => Buffer.concat(ids.toSorted(Buffer.compare))
  const members = sorted(state.members.map(({ accountId }) => accountId))
  return state.kind === ChatKind.PRIVATE && members.equals(sorted(accounts.map(({ accountId }) => accountId)))
}

/** The active device whose certificate and key stand in the leaf: both were verified when it was enrolled. */
function findDevice(
  accounts: readonly Account[],
  leaf: { readonly identity: Uint8Array; readonly signatureKey: Uint8Array },
): Device | undefined {
  for (const { accountId, devices } of accounts) {
    for (const { deviceId, certificate, signatureKey } of devices) {
      if (!equalBytes(certificate, leaf.identity) || !equalBytes(signatureKey, leaf.signatureKey)) continue
      return { accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId) }
    }
  }
  return undefined
}
