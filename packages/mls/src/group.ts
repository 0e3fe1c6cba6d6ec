/**
 * A chat's MLS group as one device holds it. A Group is a value: whoever has it may keep it, and every operation
 * gives the next one. Its fields are this package's own; others look at it through `view`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type ChatId, ChatId as ChatIds, DecodeError, equalBytes, labelled } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { ClientState, Extension, LeafNode } from 'ts-mls'
import { createGroup } from 'ts-mls/clientState.js'
import { mlsExporter } from 'ts-mls/keySchedule.js'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'
import { chatStateExtension, chatStateOf, listedRole, POLICY_VERSION } from './chat-state.ts'
import { type Device, type DeviceIdentity, readCertificate } from './device.ts'
import { certificateOf, engineConfig } from './engine.ts'
import { PolicyError } from './errors.ts'
import { generateKeyPackage } from './key-package.ts'
import { suite } from './provider.ts'
import { uint32 } from './record.ts'

/** GroupInfo extension, private use: the 16 bytes of the chat id, from which the group id follows. */
export const CHAT_ID_EXTENSION = 0xf0ed

/** Opaque. */
export interface Group {
  readonly chatId: ChatId
  readonly state: ChatState
  /** Without the signature key, which only the device holds. */
  readonly engine: ClientState
}

export interface GroupMember extends DeviceIdentity {
  readonly leaf: number
  readonly signatureKey: Uint8Array
}

export interface GroupView {
  readonly chatId: ChatId
  readonly groupId: Uint8Array
  readonly epoch: bigint
  readonly ownLeaf: number
  /** By ascending leaf. */
  readonly members: readonly GroupMember[]
  readonly state: ChatState
  /** SHA-256("veche epoch v1" || 0x00 || epoch_authenticator): equal for all who agree on the epoch. */
  readonly epochDigest: Uint8Array
}

/** A member as far as commits are judged by it: a delivery service keeps no more. */
export type KnownLeaf = Omit<GroupMember, 'accountKey'>

/** The epoch in which a commit was made, as all who judge it know it. */
export interface CommitContext {
  readonly groupId: Uint8Array
  readonly epoch: bigint
  readonly state: ChatState
  readonly members: readonly KnownLeaf[]
}

/**
 * Starts the group of a chat, with this device alone in the tree. The state may already name others, whose
 * devices any member can then add.
 * @param firstEpoch of a successor: its epochs are later than all of the group before it, so that in one chat no two have
 * the same number. Nothing in a group of one binds the number, and who joins sees a group like any other.
 * @throws DecodeError for a state that breaks its format, PolicyError for one without the creator in it
 */
export async function createGroupOf(
  device: Device,
  { chatId, state, firstEpoch = 0n }: { chatId: ChatId; state: ChatState; firstEpoch?: bigint },
): Promise<Group> {
  const { accountId } = readCertificate(device.certificate)
  if (state.policyVersion !== POLICY_VERSION) throw new PolicyError('unknown policy version')
  if (listedRole(state, accountId) === undefined) throw new PolicyError('the creator is not a member')
  const { keyPackage, privateKeys } = await generateKeyPackage(device, Date.now(), false)
  const engine = await createGroup(
    groupIdOf(chatId, state.incarnation),
    keyPackage,
    privateKeys,
    [chatStateExtension(state)],
    suite,
    engineConfig,
  )
  return toGroup(chatId, { ...engine, groupContext: { ...engine.groupContext, epoch: firstEpoch } })
}

export function view(group: Group): GroupView {
  const { groupContext, ratchetTree, privatePath, keySchedule } = group.engine
  return {
    chatId: group.chatId,
    groupId: groupContext.groupId,
    epoch: groupContext.epoch,
    ownLeaf: privatePath.leafIndex,
    members: membersOf(ratchetTree),
    state: group.state,
    epochDigest: sha256(labelled('veche epoch v1', keySchedule.epochAuthenticator)),
  }
}

/** As in `view`, without the rest. */
export function stateOf({ state }: Group): ChatState {
  return state
}

/** What a commit made in this epoch is judged by. */
export function contextOf({ state, engine }: Group): CommitContext {
  const { groupId, epoch } = engine.groupContext
  return { groupId, epoch, state, members: membersOf(engine.ratchetTree) }
}

/** RFC 9420 section 8.5; `length` in bytes. */
export function exportSecret(
  group: Group,
  label: string,
  context: Uint8Array,
  length: number,
): Promise<Uint8Array> {
  return mlsExporter(group.engine.keySchedule.exporterSecret, label, context, length, suite)
}

/** The MLS group id of a chat; a reset chat goes on under the next incarnation. */
export function groupIdOf(chatId: ChatId, incarnation: number): Uint8Array {
  return sha256(labelled('veche group id v1', ChatIds.toBytes(chatId), uint32(incarnation)))
}

/** Wraps an engine state, checking that the group is that of the chat. @throws DecodeError */
export function toGroup(chatId: ChatId, engine: ClientState): Group {
  const state = chatStateOf(engine.groupContext.extensions)
  if (!equalBytes(engine.groupContext.groupId, groupIdOf(chatId, state.incarnation))) {
    throw new DecodeError('group: its id does not follow from the chat id')
  }
  return { chatId, state, engine: { ...engine, signaturePrivateKey: new Uint8Array() } }
}

/** The engine's state with the key that it signs with. */
export function signedBy(group: Group, device: Device): ClientState {
  const own = leafAt(group.engine.ratchetTree, group.engine.privatePath.leafIndex)
  if (!own || !equalBytes(own.signaturePublicKey, device.signaturePublicKey)) {
    throw new PolicyError('the group is not one of this device')
  }
  return { ...group.engine, signaturePrivateKey: device.signaturePrivateKey }
}

export function chatIdExtension(chatId: ChatId): Extension {
  return { extensionType: CHAT_ID_EXTENSION, extensionData: ChatIds.toBytes(chatId) }
}

/** @throws DecodeError */
export function chatIdFrom(groupInfoExtensions: readonly Extension[]): ChatId {
  const extension = groupInfoExtensions.find(({ extensionType }) => extensionType === CHAT_ID_EXTENSION)
  if (!extension) throw new DecodeError('group info: no chat id')
  return ChatIds.fromBytes(extension.extensionData)
}

export function leafAt(tree: RatchetTree, leaf: number): LeafNode | undefined {
  const node = tree[leaf * 2]
  return node?.nodeType === 'leaf' ? node.leaf : undefined
}

/** The member at a leaf; its certificate was verified before it came into the tree. */
export function memberAt(tree: RatchetTree, leaf: number): GroupMember | undefined {
  const node = leafAt(tree, leaf)
  return node && toMember(node, leaf)
}

export function membersOf(tree: RatchetTree): GroupMember[] {
  const members: GroupMember[] = []
  for (let leaf = 0; leaf * 2 < tree.length; leaf++) {
    const member = memberAt(tree, leaf)
    if (member) members.push(member)
  }
  return members
}

/** What each leaf's certificate says, for as long as the leaf lives: leaves are never changed in place. */
const identities = new WeakMap<LeafNode, DeviceIdentity>()

function toMember(node: LeafNode, leaf: number): GroupMember {
  let identity = identities.get(node)
  if (!identity) {
    identity = readCertificate(certificateOf(node.credential))
    identities.set(node, identity)
  }
  return { ...identity, leaf, signatureKey: node.signaturePublicKey }
}
