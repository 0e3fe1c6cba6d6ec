/** Reads a commit into what the policy judges. The same code reads our own commits and those of others. */
import { DecodeError, decodeMessage, equalBytes } from '@veche/protocol'
import { ChatStateSchema } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { CommitEvidence } from '@veche/protocol/gen/e2ee/v1/commit_pb.js'
import type { Extension, KeyPackage, LeafNode } from 'ts-mls'
import type { Commit } from 'ts-mls/commit.js'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'
import { chatStateOf, POLICY_VERSION } from './chat-state.ts'
import { decodeEvidence, inviteProofContent, verifyEvidence, verifyInviteProof } from './commit-evidence.ts'
import { readCertificate } from './device.ts'
import { certificateOf, isCapable } from './engine.ts'
import { type Group, type GroupMember, leafAt, memberAt, membersOf } from './group.ts'
import { keyPackageReference } from './key-package.ts'
import type { CommitFacts } from './policy.ts'
import { type Proposals, readProposals } from './proposals.ts'

export type CommitSender =
  | { readonly kind: 'member'; readonly leaf: number }
  | { readonly kind: 'joiner'; readonly leafNode: LeafNode }

export type UnreadableReason =
  | 'forbidden-proposal'
  | 'unknown-policy-version'
  | 'identity-changed'
  | 'duplicate-key'
  | 'incapable-device'

export type ReadCommit =
  | {
      readonly kind: 'read'
      readonly members: readonly GroupMember[]
      readonly facts: CommitFacts
      readonly data: Uint8Array
    }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason }

/** @throws DecodeError for evidence, certificates or a state that are malformed or carry a wrong signature */
export async function readCommit(
  group: Group,
  sender: CommitSender,
  commit: Commit,
  authenticatedData: Uint8Array,
): Promise<ReadCommit> {
  const proposals = readProposals(commit.proposals)
  if (!proposals || proposals.externalInit !== (sender.kind === 'joiner'))
    return unreadable('forbidden-proposal')
  if (proposals.extensions && !isPolicyKnown(proposals.extensions))
    return unreadable('unknown-policy-version')
  const defect = findLeafDefect(group.engine.ratchetTree, sender, proposals, commit.path?.leafNode)
  if (defect) return unreadable(defect)

  const members = membersOf(group.engine.ratchetTree)
  const adds = proposals.adds.map(readAdd)
  const evidence = decodeEvidence(authenticatedData)
  const { groupId, epoch } = group.engine.groupContext
  const verified = await verifyEvidence(evidence, { groupId, epoch, members, adds })
  const facts: CommitFacts = {
    committer: await readCommitter(group, sender, evidence),
    hasPath: commit.path !== undefined,
    adds,
    removes: proposals.removes.map((leaf) => mustMember(group.engine.ratchetTree, leaf)),
    next: proposals.extensions && chatStateOf(proposals.extensions),
    evidence: verified,
  }
  return { kind: 'read', members, facts, data: verified.data }
}

/** A newer version may have fields unknown here, so this looks before the state is decoded in earnest. */
function isPolicyKnown([extension]: readonly Extension[]): boolean {
  if (!extension) return true // refused as malformed later
  const { policyVersion } = decodeMessage(
    ChatStateSchema,
    extension.extensionData,
    extension.extensionData.length,
  )
  return policyVersion <= POLICY_VERSION
}

/** What the engine does not check of the leaves that come with a commit (RFC 9420 section 7.3). */
function findLeafDefect(
  tree: RatchetTree,
  sender: CommitSender,
  { adds, removes }: Proposals,
  pathLeaf: LeafNode | undefined,
): UnreadableReason | undefined {
  const leaves: LeafNode[] = adds.map(({ leafNode }) => leafNode)
  if (pathLeaf) leaves.push(pathLeaf)
  if (!leaves.every(isCapable)) return 'incapable-device'
  if (sender.kind === 'member' && pathLeaf && !isSameIdentity(leafAt(tree, sender.leaf), pathLeaf)) {
    return 'identity-changed'
  }
  const replaced = new Set(sender.kind === 'member' && pathLeaf ? [...removes, sender.leaf] : removes)
  return hasDuplicateKey(tree, leaves, replaced) ? 'duplicate-key' : undefined
}

export function isSameIdentity(a: LeafNode | undefined, b: LeafNode | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    equalBytes(a.signaturePublicKey, b.signaturePublicKey) &&
    equalBytes(certificateOf(a.credential), certificateOf(b.credential))
  )
}

/** Encryption keys are unique in a tree for ever, signature keys among the leaves that stay. */
function hasDuplicateKey(
  tree: RatchetTree,
  leaves: readonly LeafNode[],
  replaced: ReadonlySet<number>,
): boolean {
  const taken = new Set<string>()
  for (const [index, node] of tree.entries()) {
    if (!node) continue
    taken.add(`e${(node.nodeType === 'leaf' ? node.leaf : node.parent).hpkePublicKey.join()}`)
    if (node.nodeType === 'leaf' && !replaced.has(index / 2))
      taken.add(`s${node.leaf.signaturePublicKey.join()}`)
  }
  for (const { hpkePublicKey, signaturePublicKey } of leaves) {
    for (const key of [`e${hpkePublicKey.join()}`, `s${signaturePublicKey.join()}`]) {
      if (taken.has(key)) return true
      taken.add(key)
    }
  }
  return false
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
  group: Group,
  sender: CommitSender,
  evidence: CommitEvidence,
): Promise<CommitFacts['committer']> {
  if (sender.kind === 'member') {
    return { kind: 'member', accountId: mustMember(group.engine.ratchetTree, sender.leaf).accountId }
  }
  const certificate = certificateOf(sender.leafNode.credential)
  const { groupId, epoch } = group.engine.groupContext
  const joiner = { signatureKey: sender.leafNode.signaturePublicKey, certificate }
  const content = inviteProofContent(groupId, epoch, joiner)
  const invite = await verifyInviteProof(evidence.invite, content, group.state)
  return { kind: 'joiner', identity: readCertificate(certificate), invited: invite !== undefined }
}

function mustMember(tree: RatchetTree, leaf: number): GroupMember {
  const member = memberAt(tree, leaf)
  if (!member) throw new DecodeError('commit: names a blank leaf')
  return member
}

function unreadable(reason: UnreadableReason): ReadCommit {
  return { kind: 'unreadable', reason }
}
