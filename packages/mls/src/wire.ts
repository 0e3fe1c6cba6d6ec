/**
 * What a delivery service may read: without secrets or group state. `read…` verify nothing but key packages;
 * `judgeHandshake` says whether members will accept a commit.
 */
import { AccountId, DecodeError, equalBytes } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { LeafNode } from 'ts-mls'
import { chatStateOf } from './chat-state.ts'
import { decodeEvidence } from './commit-evidence.ts'
import { type DeviceIdentity, readCertificate } from './device.ts'
import { certificateOf } from './engine.ts'
import { keyPackageReference } from './key-package.ts'
import { decodeMessageOf, MAX_APPLICATION_BYTES, MAX_HANDSHAKE_BYTES } from './mls-message.ts'
import { readProposals } from './proposals.ts'

export { beginsLog, decodeBeginning } from './beginning.ts'
export {
  decodeChatState,
  encodeChatState,
  hasRight,
  isBanned,
  listedAccounts,
  listedRole,
} from './chat-state.ts'
export { type LeaveWish, REQUEST_EPOCHS, verifyLeaveWish } from './commit-evidence.ts'
export { readCertificate, readRevocation, verifyCertificate, verifyRevocation } from './device.ts'
export type { CommitContext, KnownLeaf } from './group.ts'
export { mayLetIn } from './invite-rules.ts'
export { inviteIdOf } from './invite-seed.ts'
export { isByRequest } from './invite-terms.ts'
export { type CheckedJoinRequest, readJoinRequest } from './join-request.ts'
export { type HandshakeVerdict, judgeHandshake } from './judge-handshake.ts'
export { type KeyPackageFacts, readKeyPackage } from './key-package.ts'
export { type VerifiedReplacement, verifyReplacement } from './replacement.ts'
export { judgeSuccessor } from './successor.ts'

/** A leaf that a handshake brings. */
export interface LeafOnWire {
  /** DeviceCertificate bytes. */
  readonly identity: Uint8Array
  readonly signatureKey: Uint8Array
}

export interface Handshake {
  readonly groupId: Uint8Array
  /** The epoch that the commit ends. */
  readonly epoch: bigint
  /** External: one who joins by a link. */
  readonly sender: { kind: 'member'; leaf: number } | ({ kind: 'external' } & LeafOnWire)
  readonly hasPath: boolean
  readonly adds: readonly (LeafOnWire & { readonly reference: Uint8Array })[]
  /** Leaves. */
  readonly removes: readonly number[]
  /** The chat's state, if the commit sets it. */
  readonly chatState?: ChatState
  /** CommitEvidence bytes. */
  readonly authenticatedData: Uint8Array
  /** Whether it holds a proposal that no member accepts. */
  readonly refusedProposals: boolean
}

/** Reads a commit. @throws DecodeError, also for a proposal that stands alone */
export function readHandshake(bytes: Uint8Array): Handshake {
  const { content } = decodeMessageOf('mls_public_message', bytes, MAX_HANDSHAKE_BYTES).publicMessage
  if (content.contentType !== 'commit') throw new DecodeError('handshake: not a commit')
  const { commit, groupId, epoch, authenticatedData } = content
  const sender = readSender(content.sender, commit.path?.leafNode)
  const proposals = readProposals(commit.proposals)
  const adds = (proposals?.adds ?? []).map((keyPackage) => ({
    ...readLeaf(keyPackage.leafNode),
    reference: keyPackageReference(keyPackage),
  }))
  return {
    groupId,
    epoch,
    sender,
    hasPath: commit.path !== undefined,
    adds,
    removes: proposals?.removes ?? [],
    ...(proposals?.extensions && { chatState: chatStateOf(proposals.extensions) }),
    authenticatedData,
    refusedProposals: !proposals || proposals.externalInit !== (sender.kind === 'external'),
  }
}

/** Whose wish to leave a commit carries out. @throws DecodeError */
export function readDepartures(commit: Uint8Array): AccountId[] {
  const { departures } = decodeEvidence(readHandshake(commit).authenticatedData)
  return departures.map(({ accountId }) => AccountId.fromBytes(accountId))
}

/** Which devices come by a commit in the place of their own old leaves. @throws DecodeError */
export function readReplaced(commit: Uint8Array): Omit<DeviceIdentity, 'accountKey'>[] {
  const { adds, authenticatedData } = readHandshake(commit)
  const { replacements } = decodeEvidence(authenticatedData)
  const replaced = adds.filter(({ reference }) =>
    replacements.some(({ keyPackageRef }) => equalBytes(keyPackageRef, reference)),
  )
  return replaced.map(({ identity }) => readCertificate(identity))
}

/** By which invite a joiner comes; undefined where the commit names none. @throws DecodeError */
export function readInviteId(commit: Uint8Array): Uint8Array | undefined {
  return decodeEvidence(readHandshake(commit).authenticatedData).invite?.inviteId
}

/** @throws DecodeError */
export function readPrivateMessage(bytes: Uint8Array): { groupId: Uint8Array; epoch: bigint } {
  const { privateMessage } = decodeMessageOf('mls_private_message', bytes, MAX_APPLICATION_BYTES)
  if (privateMessage.contentType !== 'application') throw new DecodeError('message: not application data')
  return { groupId: privateMessage.groupId, epoch: privateMessage.epoch }
}

/** The references of the key packages that a welcome is for. @throws DecodeError */
export function readWelcome(bytes: Uint8Array): { references: Uint8Array[] } {
  const { welcome } = decodeMessageOf('mls_welcome', bytes, MAX_HANDSHAKE_BYTES)
  return { references: welcome.secrets.map(({ newMember }) => newMember) }
}

function readSender(
  sender: { senderType: string; leafIndex?: number },
  pathLeaf: LeafNode | undefined,
): Handshake['sender'] {
  if (sender.senderType === 'member') return { kind: 'member', leaf: sender.leafIndex! }
  if (sender.senderType !== 'new_member_commit' || !pathLeaf)
    throw new DecodeError('handshake: unknown sender')
  return { kind: 'external', ...readLeaf(pathLeaf) }
}

function readLeaf({ credential, signaturePublicKey }: LeafNode): LeafOnWire {
  return { identity: certificateOf(credential), signatureKey: signaturePublicKey }
}
