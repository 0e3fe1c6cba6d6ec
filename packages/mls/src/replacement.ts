/**
 * A device's wish to be replaced in a chat by itself, with new keys: its state there is damaged, an old one, or cannot
 * follow the log. It is judged by the wish's bytes and the epoch alone, as the commit that carries it out is.
 */
import { DecodeError } from '@veche/protocol'
import { decodeEvidence, encodeEvidence, verifyEvidence } from './commit-evidence.ts'
import { type CommitContext, contextOf, type Group, type GroupMember, view } from './group.ts'
import { type KeyPackageFacts, readKeyPackage } from './key-package.ts'

export interface ReplacementOnWire {
  /** ReplaceRequest bytes. */
  readonly replaceRequest: Uint8Array
  /** MLSMessage. */
  readonly keyPackage: Uint8Array
}

export interface VerifiedReplacement {
  /** Of the device that comes in the place of its old leaf. */
  readonly keyPackage: KeyPackageFacts
  /** Good for it and the 64 that follow. */
  readonly epoch: bigint
}

/** @throws DecodeError unless members would accept it now as a ground to replace the device, where it is in the chat */
export async function verifyReplacement(
  { replaceRequest, keyPackage }: ReplacementOnWire,
  context: Pick<CommitContext, 'groupId' | 'epoch'>,
): Promise<VerifiedReplacement> {
  const facts = await readKeyPackage(keyPackage)
  if (facts.lastResort) throw new DecodeError('replacement: by a key package that others may have')
  const evidence = decodeEvidence(encodeEvidence({ replaceRequests: [replaceRequest] }))
  await verifyEvidence(evidence, { ...context, members: [], adds: [facts] })
  return { keyPackage: facts, epoch: evidence.replacements[0]!.epoch }
}

/** The leaf whose device it is; undefined where members would not accept a commit with it in this epoch. */
export async function replacedBy(
  group: Group,
  replacement: ReplacementOnWire,
): Promise<{ readonly member: GroupMember; readonly keyPackage: KeyPackageFacts } | undefined> {
  try {
    const { keyPackage } = await verifyReplacement(replacement, contextOf(group))
    const { accountId, deviceId } = keyPackage.identity
    const member = view(group).members.find((one) => one.accountId === accountId && one.deviceId === deviceId)
    return member && { member, keyPackage }
  } catch (cause) {
    if (cause instanceof DecodeError) return undefined
    throw cause
  }
}
