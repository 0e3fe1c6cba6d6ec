/** What the engine does not check of the keys and identities of leaves (RFC 9420 section 7.3). */
import { equalBytes } from '@veche/protocol'
import type { LeafNode } from 'ts-mls'
import type { Commit } from 'ts-mls/commit.js'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'
import { type CommitSender, newLeaves } from './commit-facts.ts'
import { certificateOf } from './engine.ts'
import { readProposals } from './proposals.ts'

export function isSameIdentity(a: LeafNode | undefined, b: LeafNode | undefined): boolean {
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
  const taken = keysIn(tree, freed)
  for (const { hpkePublicKey, signaturePublicKey } of newLeaves(commit)) {
    for (const key of [encryption(hpkePublicKey), signature(signaturePublicKey)]) {
      if (taken.has(key)) return true
      taken.add(key)
    }
  }
  return false
}

function keysIn(tree: RatchetTree, freed: ReadonlySet<number>): Set<string> {
  const keys = new Set<string>()
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType === 'parent') keys.add(encryption(node.parent.hpkePublicKey))
    if (node?.nodeType !== 'leaf') continue
    keys.add(encryption(node.leaf.hpkePublicKey))
    if (!freed.has(index / 2)) keys.add(signature(node.leaf.signaturePublicKey))
  }
  return keys
}

function encryption(key: Uint8Array): string {
  return `encryption ${String.fromCharCode(...key)}`
}

function signature(key: Uint8Array): string {
  return `signature ${String.fromCharCode(...key)}`
}
