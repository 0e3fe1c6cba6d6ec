import { equalBytes } from '@veche/protocol'
import type { PublicMessage } from 'ts-mls/publicMessage.js'
import { type CommitSender, readCommit, type UnreadableReason } from './commit-facts.ts'
import type { CommitContext } from './group.ts'
import { decodeMessageOf, MAX_HANDSHAKE_BYTES } from './mls-message.ts'
import { judgeCommit, type PolicyReason } from './policy.ts'

export type HandshakeVerdict =
  | { readonly kind: 'allowed' }
  | {
      readonly kind: 'refused'
      readonly reason: PolicyReason | UnreadableReason | 'wrong-group' | 'stale' | 'future'
    }

/**
 * Judges a commit as members will, from what a delivery service keeps: the state and the leaves of the epoch. All
 * is checked but what needs the group's secrets: that the committer signed it, and that its path is sound.
 * @throws DecodeError
 */
export async function judgeHandshake(bytes: Uint8Array, context: CommitContext): Promise<HandshakeVerdict> {
  const { publicMessage } = decodeMessageOf('mls_public_message', bytes, MAX_HANDSHAKE_BYTES)
  const { content } = publicMessage
  const sender = senderOf(publicMessage)
  if (content.contentType !== 'commit' || !sender) return { kind: 'refused', reason: 'forbidden-proposal' }
  if (!equalBytes(content.groupId, context.groupId)) return { kind: 'refused', reason: 'wrong-group' }
  if (content.epoch !== context.epoch) {
    return { kind: 'refused', reason: content.epoch < context.epoch ? 'stale' : 'future' }
  }
  const read = await readCommit(context, sender, content.commit, content.authenticatedData)
  if (read.kind === 'refused') return read
  return judgeCommit(context, read.facts)
}

/** Who sent a commit; undefined for what no member accepts a commit from. */
export function senderOf({ content }: PublicMessage): CommitSender | undefined {
  const { sender } = content
  if (sender.senderType === 'member') return { kind: 'member', leaf: sender.leafIndex }
  if (sender.senderType !== 'new_member_commit' || content.contentType !== 'commit') return undefined
  const leafNode = content.commit.path?.leafNode
  return leafNode && { kind: 'joiner', leafNode }
}
