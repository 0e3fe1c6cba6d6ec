/**
 * Reads a commit into what the policy judges. The same code reads our own commits, those of others, and, at the
 * delivery service, those of everybody.
 */
import { DecodeError, decodeMessage, equalBytes } from '@veche/protocol'
import { ChatStateSchema } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { CommitEvidence } from '@veche/protocol/gen/e2ee/v1/commit_pb.js'
import type { Extension, KeyPackage, LeafNode } from 'ts-mls'
import type { Commit } from 'ts-mls/commit.js'
import { chatStateOf, POLICY_VERSION } from './chat-state.ts'
import { decodeEvidence, inviteProofContent, verifyEvidence, verifyInviteProof } from './commit-evidence.ts'
import { readCertificate } from './device.ts'
import { certificateOf, isCapable, isCertified } from './engine.ts'
import type { CommitContext, KnownLeaf } from './group.ts'
import { isByRequest } from './invite-terms.ts'
import { keyPackageReference } from './key-package.ts'
import type { CommitFacts } from './policy.ts'
import { readProposals } from './proposals.ts'

export type CommitSender =
  | { readonly kind: 'member'; readonly leaf: number }
  | { readonly kind: 'joiner'; readonly leafNode: LeafNode }

export type UnreadableReason =
  | 'forbidden-proposal'
  | 'unknown-policy-version'
  | 'identity-changed'
  | 'incapable-device'
  | 'uncertified-device'

export type ReadCommit =
  /** `data`: the committer's own bytes. */
  | { readonly kind: 'read'; readonly facts: CommitFacts; readonly data: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: UnreadableReason }

/** @throws DecodeError for evidence, certificates or a state that are malformed or carry a wrong signature */
export async function readCommit(
  context: CommitContext,
  sender: CommitSender,
  commit: Commit,
  authenticatedData: Uint8Array,
): Promise<ReadCommit> {
  const proposals = readProposals(commit.proposals)
  if (!proposals || proposals.externalInit !== (sender.kind === 'joiner'))
    return refused('forbidden-proposal')
  const { extensions } = proposals
  if (extensions && !isPolicyKnown(extensions)) return refused('unknown-policy-version')
  const leaves = newLeaves(commit)
  if (!leaves.every(isCapable)) return refused('incapable-device')
  for (const { credential, signaturePublicKey } of leaves) {
    if (!(await isCertified(credential, signaturePublicKey))) return refused('uncertified-device')
  }
  const pathLeaf = commit.path?.leafNode
  if (sender.kind === 'member' && pathLeaf && !isLeafOf(memberAt(context, sender.leaf), pathLeaf)) {
    return refused('identity-changed')
  }
  const adds = proposals.adds.map(readAdd)
  const evidence = decodeEvidence(authenticatedData)
  const verified = await verifyEvidence(evidence, { ...context, adds })
  const facts: CommitFacts = {
    committer: await readCommitter(context, sender, evidence),
    hasPath: pathLeaf !== undefined,
    adds,
    removes: proposals.removes.map((leaf) => memberAt(context, leaf)),
    next: extensions && chatStateOf(extensions),
    evidence: verified,
  }
  return { kind: 'read', facts, data: verified.data }
}

/** The leaves that a commit brings: of who is added, and the committer's own new one. */
export function newLeaves({ proposals, path }: Commit): LeafNode[] {
  const leaves: LeafNode[] = (readProposals(proposals)?.adds ?? []).map(({ leafNode }) => leafNode)
  return path ? [...leaves, path.leafNode] : leaves
}

/** A newer version may have fields unknown here, so this looks before the state is decoded in earnest. */
function isPolicyKnown([extension]: readonly Extension[]): boolean {
  if (!extension) return true // refused as malformed later
  const { extensionData } = extension
  return decodeMessage(ChatStateSchema, extensionData, extensionData.length).policyVersion <= POLICY_VERSION
}

function isLeafOf(member: KnownLeaf, { signaturePublicKey, credential }: LeafNode): boolean {
  const { accountId, deviceId } = readCertificate(certificateOf(credential))
  const isSameDevice = accountId === member.accountId && deviceId === member.deviceId
  return isSameDevice && equalBytes(signaturePublicKey, member.signatureKey)
}

function readAdd(keyPackage: KeyPackage) {
  const { leafNode } = keyPackage
  return {
    identity: readCertificate(certificateOf(leafNode.credential)),
    reference: keyPackageReference(keyPackage),
    signatureKey: leafNode.signaturePublicKey,
  }
}

async function readCommitter(
  context: CommitContext,
  sender: CommitSender,
  evidence: CommitEvidence,
): Promise<CommitFacts['committer']> {
  if (sender.kind === 'member') {
    return { kind: 'member', ...memberAt(context, sender.leaf) }
  }
  const certificate = certificateOf(sender.leafNode.credential)
  const joiner = { signatureKey: sender.leafNode.signaturePublicKey, certificate }
  const content = inviteProofContent(context.groupId, context.epoch, joiner)
  const invite = await verifyInviteProof(evidence.invite, content, context.state)
  const invited = invite ? (isByRequest(invite) ? 'must-ask' : 'yes') : 'no'
  return { kind: 'joiner', identity: readCertificate(certificate), invited }
}

function memberAt({ members }: CommitContext, leaf: number): KnownLeaf {
  const member = members.find((one) => one.leaf === leaf)
  if (!member) throw new DecodeError('commit: names a blank leaf')
  return member
}

function refused(reason: UnreadableReason): ReadCommit {
  return { kind: 'refused', reason }
}
