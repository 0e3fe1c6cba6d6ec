/**
 * Taking in what the delivery service hands out: commits and application messages. Whether a commit is accepted
 * depends only on the group as it was and on the message's bytes. A message that is refused changes nothing.
 */
import { DecodeError, equalBytes } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { ClientState, PrivateMessage } from 'ts-mls'
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js'
import { decryptSenderData } from 'ts-mls/privateMessage.js'
import { processPrivateMessage, processPublicMessage } from 'ts-mls/processMessages.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import type { PublicMessage } from 'ts-mls/publicMessage.js'
import { chatStateOf, hasRight } from './chat-state.ts'
import { type CommitSender, type ReadCommit, readCommit, type UnreadableReason } from './commit-facts.ts'
import { deltaBetween, secretTreeOf } from './delta.ts'
import { engineConfig } from './engine.ts'
import {
  type CommitContext,
  contextOf,
  type Group,
  type GroupMember,
  type KnownLeaf,
  leafAt,
  memberAt,
  membersOf,
  toGroup,
} from './group.ts'
import { senderOf } from './judge-handshake.ts'
import { bringsKnownKey, isSameIdentity } from './leaf-keys.ts'
import { decodeAnyMessage, MAX_APPLICATION_BYTES, MAX_HANDSHAKE_BYTES } from './mls-message.ts'
import { judgeCommit, type PolicyReason } from './policy.ts'
import { suite } from './provider.ts'

export type Received =
  | {
      readonly kind: 'application'
      readonly group: Group
      /** For `applyDelta`; to be kept together with the message. */
      readonly delta: Uint8Array
      readonly sender: GroupMember
      /** The epoch it was encrypted in, at most 8 behind the group's. */
      readonly epoch: bigint
      /** Its sender has encrypted it before one that was received already: they came in another order. */
      readonly late: boolean
      readonly plaintext: Uint8Array
      readonly authenticatedData: Uint8Array
    }
  | {
      readonly kind: 'commit'
      readonly group: Group
      readonly committer: GroupMember
      readonly changes: CommitChanges
      /** The committer's own bytes. */
      readonly authenticatedData: Uint8Array
    }
  /** This device is no longer in the group; `replaced`: it comes in again by the same commit, with other keys. */
  | { readonly kind: 'removed'; readonly committer: GroupMember; readonly replaced: boolean }
  /** Made by this device in this epoch: the pending commit with these bytes is now in force. */
  | { readonly kind: 'own-commit' }
  | {
      readonly kind: 'refused'
      readonly reason: RefusalReason
      readonly cause?: unknown
      /** Of a commit: the member that signed it. Without one, anybody may have made it. */
      readonly signer?: GroupMember
    }

export interface CommitChanges {
  readonly added: readonly GroupMember[]
  readonly removed: readonly GroupMember[]
  /** The chat's state, if the commit set it. */
  readonly state?: ChatState | undefined
}

export type RefusalReason =
  | PolicyReason
  | UnreadableReason
  | 'duplicate-key'
  | 'malformed'
  | 'wrong-group'
  | 'stale'
  | 'future'
  | 'replayed'
  | 'too-far'
  | 'own-message'
  | 'not-verified'
  | 'no-right-to-write'

type CommitContent = Extract<PublicMessage['content'], { contentType: 'commit' }>

export async function receive(group: Group, message: Uint8Array): Promise<Received> {
  try {
    const decoded = decodeAnyMessage(message, MAX_HANDSHAKE_BYTES)
    switch (decoded.wireformat) {
      case 'mls_public_message':
        return await receivePublic(group, decoded.publicMessage)
      case 'mls_private_message':
        if (message.length > MAX_APPLICATION_BYTES) return refused('malformed')
        return await receivePrivate(group, decoded.privateMessage)
      default:
        return refused('malformed')
    }
  } catch (cause) {
    if (cause instanceof DecodeError) return refused('malformed', cause)
    throw cause
  }
}

async function receivePublic(group: Group, message: PublicMessage): Promise<Received> {
  const { engine } = group
  const { content } = message
  const { groupId, epoch } = engine.groupContext
  if (!equalBytes(content.groupId, groupId)) return refused('wrong-group')
  if (content.epoch !== epoch) return refused(content.epoch < epoch ? 'stale' : 'future')
  if (content.contentType !== 'commit') return refused('forbidden-proposal')

  const sender = senderOf(message)
  if (!sender) return refused('forbidden-proposal')
  try {
    const { membershipKey } = engine.keySchedule
    await unprotectPublicMessage(membershipKey, engine.groupContext, engine.ratchetTree, message, suite)
  } catch (cause) {
    return refused('not-verified', cause)
  }
  if (sender.kind === 'member' && sender.leaf === engine.privatePath.leafIndex) return { kind: 'own-commit' }
  const received = await receiveVerified(group, message, sender, content)
  const signer = sender.kind === 'member' ? memberAt(engine.ratchetTree, sender.leaf) : undefined
  return received.kind === 'refused' && signer ? { ...received, signer } : received
}

/** Judges and applies a commit that the sender itself has signed. */
async function receiveVerified(
  group: Group,
  message: PublicMessage,
  sender: CommitSender,
  content: CommitContent,
): Promise<Received> {
  const { engine } = group
  const context = contextOf(group)
  let read: ReadCommit
  try {
    read = await readCommit(context, sender, content.commit, content.authenticatedData)
  } catch (cause) {
    if (cause instanceof DecodeError) return refused('malformed', cause)
    throw cause
  }
  if (read.kind === 'refused') return refused(read.reason)
  if (bringsKnownKey(engine.ratchetTree, sender, content.commit)) return refused('duplicate-key')
  const verdict = judgeCommit(context, read.facts)
  if (verdict.kind === 'refused') return refused(verdict.reason)
  // The engine cannot follow a commit that removes its own leaf, so this comes first.
  const own = read.facts.removes.find(({ leaf }) => leaf === engine.privatePath.leafIndex)
  if (sender.kind === 'member' && own) {
    const replaced = read.facts.adds.some(
      ({ identity }) => identity.accountId === own.accountId && identity.deviceId === own.deviceId,
    )
    return { kind: 'removed', committer: memberAt(engine.ratchetTree, sender.leaf)!, replaced }
  }
  return applyCommit(group, message, sender, context, read)
}

async function applyCommit(
  group: Group,
  message: PublicMessage,
  sender: CommitSender,
  { members }: CommitContext,
  { facts, data }: Extract<ReadCommit, { kind: 'read' }>,
): Promise<Received> {
  let next: ClientState
  try {
    next = (await processPublicMessage(group.engine, message, emptyPskIndex, suite)).newState
  } catch (cause) {
    return refused('not-verified', cause)
  }
  const added = findAdded(group.engine, next, facts.removes, members.length - facts.removes.length)
  const expected = facts.adds.length + (sender.kind === 'joiner' ? 1 : 0)
  if (!added || added.length !== expected) return refused('identity-changed')
  const committer =
    sender.kind === 'member' ? memberAt(next.ratchetTree, sender.leaf) : added.find(isLeafOf(next, sender))
  const removed = facts.removes.map(({ leaf }) => memberAt(group.engine.ratchetTree, leaf)!)
  return {
    kind: 'commit',
    group: toGroup(group.chatId, next),
    committer: committer!,
    changes: { added, removed, state: facts.next },
    authenticatedData: data,
  }
}

function isLeafOf(next: ClientState, sender: Extract<CommitSender, { kind: 'joiner' }>) {
  return ({ leaf }: GroupMember) => isSameIdentity(leafAt(next.ratchetTree, leaf), sender.leafNode)
}

/** Who is in the new tree and was not in the old; undefined if somebody who stayed has become another. */
function findAdded(
  before: ClientState,
  after: ClientState,
  removed: readonly KnownLeaf[],
  expectedToStay: number,
): GroupMember[] | undefined {
  const freed = new Set(removed.map(({ leaf }) => leaf))
  const added: GroupMember[] = []
  let stayed = 0
  for (const member of membersOf(after.ratchetTree)) {
    const old = freed.has(member.leaf) ? undefined : leafAt(before.ratchetTree, member.leaf)
    if (!old) added.push(member)
    else if (isSameIdentity(old, leafAt(after.ratchetTree, member.leaf))) stayed++
    else return undefined
  }
  return stayed === expectedToStay ? added : undefined
}

async function receivePrivate(group: Group, message: PrivateMessage): Promise<Received> {
  const { engine } = group
  const { epoch } = message
  if (!equalBytes(message.groupId, engine.groupContext.groupId)) return refused('wrong-group')
  if (message.contentType !== 'application') return refused('forbidden-proposal')
  if (epoch > engine.groupContext.epoch) return refused('future')
  if (!secretTreeOf(engine, epoch)) return refused('stale')
  try {
    return await decryptApplication(group, message)
  } catch (cause) {
    return refused('not-verified', cause)
  }
}

async function decryptApplication(group: Group, message: PrivateMessage): Promise<Received> {
  const { engine } = group
  const { epoch, authenticatedData } = message
  const past = engine.historicalReceiverData.get(epoch) // undefined for the present epoch
  const { senderDataSecret } = past ?? engine.keySchedule
  const senderData = await decryptSenderData(message, senderDataSecret, suite)
  const sender = senderData && memberAt((past ?? engine).ratchetTree, senderData.leafIndex)
  if (!sender) return refused('malformed')
  if (sender.leaf === engine.privatePath.leafIndex) return refused('own-message')
  const misplaced = judgeGeneration(engine, epoch, sender.leaf, senderData.generation)
  if (misplaced) return refused(misplaced)

  const result = await processPrivateMessage(engine, message, emptyPskIndex, suite)
  if (result.kind !== 'applicationMessage') return refused('forbidden-proposal')
  const state = past ? chatStateOf(past.groupContext.extensions) : group.state
  if (!hasRight(state, sender.accountId, 'write')) return refused('no-right-to-write')
  return {
    kind: 'application',
    group: { ...group, engine: result.newState },
    delta: deltaBetween(epoch, engine, result.newState),
    sender,
    epoch,
    late: isLate(engine, epoch, sender, senderData.generation),
    plaintext: result.message,
    authenticatedData,
  }
}

/** Whether a later message of the sender was decrypted before: of this epoch, or of one that followed it. */
function isLate(engine: ClientState, epoch: bigint, { leaf, signatureKey }: GroupMember, generation: number) {
  if (generation < ratchetOf(engine, epoch, leaf).generation) return true
  for (let later = epoch + 1n; later <= engine.groupContext.epoch; later++) {
    const tree = (engine.historicalReceiverData.get(later) ?? engine).ratchetTree
    const isSame = equalBytes(memberAt(tree, leaf)?.signatureKey ?? new Uint8Array(), signatureKey)
    if (isSame && ratchetOf(engine, later, leaf).generation > 0) return true
  }
  return false
}

/** The application ratchet of a leaf as it stands; one that was never used has not been derived. */
function ratchetOf(engine: ClientState, epoch: bigint, leaf: number) {
  const entry = secretTreeOf(engine, epoch)?.[leaf * 2]
  const ratchet = entry && !(entry instanceof Uint8Array) ? entry.application : undefined
  return { generation: ratchet?.generation ?? 0, unused: ratchet?.unusedGenerations ?? {} }
}

/** Says of a generation that is used up or out of reach what is wrong with it, before any key is derived (A12). */
function judgeGeneration(engine: ClientState, epoch: bigint, leaf: number, generation: number) {
  const { generation: next, unused } = ratchetOf(engine, epoch, leaf)
  if (generation < next) return unused[generation] ? undefined : 'replayed'
  const { maximumForwardRatchetSteps } = engineConfig.keyRetentionConfig
  return generation - next > maximumForwardRatchetSteps ? 'too-far' : undefined
}

function refused(reason: RefusalReason, cause?: unknown): Received {
  return cause === undefined ? { kind: 'refused', reason } : { kind: 'refused', reason, cause }
}
