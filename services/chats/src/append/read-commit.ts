/** From a commit's bytes to what it does, as far as a server can read: lengths first, then MLS, then the devices. */
import {
  type Handshake as DecodedHandshake,
  type LeafOnWire,
  readHandshake,
  readWelcome,
} from '@veche/mls/wire'
import { AccountId, DeviceId, equalBytes } from '@veche/protocol'
import type { Account } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, type ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { offersNothing } from '../groups/join-offer.ts'
import { MAX_HANDSHAKE_BYTES } from '../limits.ts'
import type { AddedDevice, CommitEffect } from './new-entry.ts'
import { decodedOr, type EntryFrame, hasMessageId, type ReadEntry, refused } from './read-entry.ts'

/** A member's commit for this chat, of proposals that members accept, with a Welcome for just whom it adds. */
export type MembersCommit = DecodedHandshake & { readonly sender: { readonly kind: 'member' } }

export type DecodedCommit =
  | { readonly kind: 'decoded'; readonly decoded: MembersCommit }
  | (ReadEntry & { readonly kind: 'refused' })

const NOTHING = new Uint8Array()

export function decodeCommit(frame: EntryFrame, handshake: Handshake): DecodedCommit {
  if (!hasMessageId(frame)) return refused('entry_invalid')
  if (handshakeBytes(handshake) > MAX_HANDSHAKE_BYTES) return refused('commit_invalid')
  const decoded = decodedOr(() => readHandshake(handshake.commit))
  if (!decoded) return refused('commit_invalid')
  if (!isByMember(decoded) || decoded.refusedProposals) return refused('not_allowed')
  if (needsPath(decoded) && !decoded.hasPath) return refused('commit_invalid')
  if (!welcomesExactly(handshake.welcome, decoded)) return refused('commit_invalid')
  return { kind: 'decoded', decoded }
}

/** In a private chat. @param accounts the two of it, with their active devices */
export function readCommit(frame: EntryFrame, handshake: Handshake, accounts: readonly Account[]): ReadEntry {
  const read = decodeCommit(frame, handshake)
  if (read.kind === 'refused') return read
  const hasProfile = handshake.profileCiphertext.length + handshake.wrappedProfileKey.length > 0
  if (hasProfile || !offersNothing(handshake)) return refused('commit_invalid')
  const { decoded } = read
  if (decoded.chatState && !isOfPair(decoded.chatState, accounts)) return refused('not_allowed')
  const adds = findDevices(accounts, decoded.adds)
  if (!adds) return refused('not_allowed')
  const { groupId, epoch } = decoded
  const commit = effectOf(decoded, adds, handshake.welcome)
  const bytes = { mlsMessage: handshake.commit, contentCiphertext: NOTHING, wrappedKey: NOTHING }
  return { kind: 'entry', entry: { ...frame, groupId, epoch, ...bytes, commit } }
}

export function effectOf(
  { sender, removes, chatState }: MembersCommit,
  adds: readonly AddedDevice[],
  welcome: Uint8Array,
): CommitEffect {
  const revoked = new Set(chatState?.revokedDevices.map((id) => DeviceId.fromBytes(id)))
  return { senderLeaf: sender.leaf, adds, removes, revoked, welcome }
}

/**
 * The active devices whose certificates and keys stand in the leaves: both were verified when they were enrolled.
 * Undefined where one is not.
 */
export function findDevices(
  accounts: readonly Account[],
  leaves: readonly LeafOnWire[],
): AddedDevice[] | undefined {
  const known = new Map<string, AddedDevice>()
  for (const { accountId, devices } of accounts) {
    const id = AccountId.fromBytes(accountId)
    for (const { deviceId, certificate, signatureKey } of devices) {
      known.set(nameOf(certificate), { accountId: id, deviceId: DeviceId.fromBytes(deviceId), signatureKey })
    }
  }
  const found = leaves.map(({ identity, signatureKey }) => {
    const device = known.get(nameOf(identity))
    return device && equalBytes(device.signatureKey, signatureKey) ? device : undefined
  })
  return found.every((device) => device !== undefined) ? found : undefined
}

function nameOf(certificate: Uint8Array): string {
  return Buffer.from(certificate).toString('latin1')
}

function isByMember(decoded: DecodedHandshake): decoded is MembersCommit {
  return decoded.sender.kind === 'member'
}

export function handshakeBytes(handshake: Handshake): number {
  const { commit, welcome, groupInfos, profileCiphertext, wrappedProfileKey, joinInfoCiphertext } = handshake
  const sealed = groupInfos.reduce(
    (bytes, { ciphertext, historyPage }) => bytes + ciphertext.length + historyPage.length,
    0,
  )
  const profile = profileCiphertext.length + wrappedProfileKey.length
  return commit.length + welcome.length + profile + joinInfoCiphertext.length + sealed
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

/** Whether a state is that of a private chat of just these two. */
export function isOfPair(state: ChatState, accounts: readonly Pick<Account, 'accountId'>[]): boolean {
  const sorted = (ids: readonly Uint8Array[]) => Buffer.concat(ids.toSorted(Buffer.compare))
  const members = sorted(state.members.map(({ accountId }) => accountId))
  return state.kind === ChatKind.PRIVATE && members.equals(sorted(accounts.map(({ accountId }) => accountId)))
}
