/** What the engine does not check of the keys and identities of leaves (RFC 9420 section 7.3). */
import { compareBytes, equalBytes } from '@veche/protocol'
import type { LeafNode } from 'ts-mls'
import type { Commit } from 'ts-mls/commit.js'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'
import { type CommitSender, newLeaves } from './commit-facts.ts'
import { certificateOf } from './engine.ts'
import { readProposals } from './proposals.ts'

export function isSameIdentity(a: LeafNode | undefined, b: LeafNode | undefined): boolean {
  if (a === b) return a !== undefined
  return (
    a !== undefined &&
    b !== undefined &&
    equalBytes(a.signaturePublicKey, b.signaturePublicKey) &&
    equalBytes(certificateOf(a.credential), certificateOf(b.credential))
  )
}

/**
 * Whether a commit brings a key that is in the tree, or one key twice. Encryption keys may never come back;
 * signature keys may, once the leaf that had them is removed or renewed by the same commit.
 */
export function bringsKnownKey(tree: RatchetTree, sender: CommitSender, commit: Commit): boolean {
  const freed = new Set(readProposals(commit.proposals)?.removes)
  if (sender.kind === 'member' && commit.path) freed.add(sender.leaf)
  const fresh = newLeaves(commit)
  const isRepeated = fresh.some((leaf, index) =>
    fresh.slice(0, index).some((other) => sharesKey(leaf, other)),
  )
  return isRepeated || tree.some((node, index) => isTaken(node, freed.has(index / 2), fresh))
}

function isTaken(node: RatchetTree[number], isFreed: boolean, fresh: readonly LeafNode[]): boolean {
  if (!node) return false
  if (node.nodeType === 'leaf' && !isFreed) return fresh.some((leaf) => sharesKey(leaf, node.leaf))
  const { hpkePublicKey } = node.nodeType === 'leaf' ? node.leaf : node.parent
  return fresh.some((leaf) => isSame(leaf.hpkePublicKey, hpkePublicKey))
}

function sharesKey(a: LeafNode, b: LeafNode): boolean {
  return isSame(a.hpkePublicKey, b.hpkePublicKey) || isSame(a.signaturePublicKey, b.signaturePublicKey)
}

/** Random keys differ at once, and here are thousands: faster than looking at every byte. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0
}
