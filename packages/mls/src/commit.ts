/**
 * Making commits. A commit is pending until the delivery service has accepted it: the group it was made in stays as
 * it is, and what comes after travels with the commit.
 */
import { DecodeError } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { ClientState, Extension, Proposal } from 'ts-mls'
import { createCommit, createGroupInfoWithExternalPubAndRatchetTree } from 'ts-mls/createCommit.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { type Beginning, beginningExtension } from './beginning.ts'
import { chatStateExtension } from './chat-state.ts'
import { encodeEvidence } from './commit-evidence.ts'
import { readCommit } from './commit-facts.ts'
import type { Device } from './device.ts'
import { PolicyError } from './errors.ts'
import { chatIdExtension, contextOf, type Group, signedBy, toGroup } from './group.ts'
import { HANDOVER_EXTENSION } from './handover.ts'
import { decodeKeyPackage } from './key-package.ts'
import { bringsKnownKey } from './leaf-keys.ts'
import { judgeCommit } from './policy.ts'
import { suite } from './provider.ts'
import { openRecord, sealRecord } from './record.ts'
import { loadGroup, saveGroup } from './saved-state.ts'

/** What a commit is to do. Nothing at all is an update of one's own keys. */
export interface CommitIntent {
  /** Key packages, as MLSMessages. */
  readonly add?: readonly Uint8Array[]
  /** Leaves. */
  readonly remove?: readonly number[]
  /** The chat's state from then on. */
  readonly state?: ChatState
  /** DeviceRevocation bytes; the ids also belong in `state.revokedDevices`. */
  readonly revocations?: readonly Uint8Array[]
  /** From `requestReplacement`, each with its key package in `add` and its old leaf in `remove`. */
  readonly replaceRequests?: readonly Uint8Array[]
  /** From `requestLeave`. */
  readonly leaveRequests?: readonly Uint8Array[]
  /** From `sealHandover`, for devices that are added. */
  readonly handover?: Uint8Array | undefined
  /** Of the commit that begins a successor: what its members are told of the log that it goes on. */
  readonly beginning?: Beginning | undefined
  /** The caller's own; every member receives it. At most 4,096 bytes. */
  readonly authenticatedData?: Uint8Array
}

export interface PendingCommit {
  /** MLSMessage holding a PublicMessage. */
  readonly commit: Uint8Array
  /** MLSMessage for those who are added; undefined when nobody is. */
  readonly welcome?: Uint8Array | undefined
  /** MLSMessage, signed, of the epoch that the commit begins; for who joins by a link. */
  readonly groupInfo: Uint8Array
  /** The epoch that the commit begins. */
  readonly epoch: bigint
  /** The group once the delivery service has accepted the commit. */
  readonly next: Group
  /** For `loadPending`; to be kept before the commit is sent. */
  readonly saved: Uint8Array
}

/** @throws PolicyError when members would refuse the commit; DecodeError for malformed parts of the intent */
export async function commit(group: Group, device: Device, intent: CommitIntent): Promise<PendingCommit> {
  const proposals = toProposals(intent)
  const authenticatedData = encodeEvidence({ ...intent, data: intent.authenticatedData })
  const state = signedBy(group, device)
  const created = await createEngineCommit(state, proposals, authenticatedData, [
    chatIdExtension(group.chatId),
    ...(intent.handover ? [{ extensionType: HANDOVER_EXTENSION, extensionData: intent.handover }] : []),
    ...(intent.beginning ? [beginningExtension(intent.beginning)] : []),
  ])
  await ensureAllowed(group, created.commit)
  return toPendingCommit(toGroup(group.chatId, created.newState), device, {
    commit: encodeMlsMessage(created.commit),
    welcome:
      created.welcome &&
      encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: created.welcome }),
  })
}

/** Gives back a commit whose fate was not known when it was saved. @throws DecodeError */
export function loadPending(saved: Uint8Array): PendingCommit {
  const [commitBytes, welcome, groupInfo, group] = openRecord('pending', saved, 4)
  const next = loadGroup(group!)
  return {
    commit: commitBytes!,
    welcome: welcome!.length > 0 ? welcome : undefined,
    groupInfo: groupInfo!,
    epoch: next.engine.groupContext.epoch,
    next,
    saved,
  }
}

/** Completes what a commit of our own, of a member or of a joiner, leaves to be sent and kept. */
export async function toPendingCommit(
  next: Group,
  device: Device,
  { commit: commitBytes, welcome }: { commit: Uint8Array; welcome?: Uint8Array | undefined },
): Promise<PendingCommit> {
  const info = await createGroupInfoWithExternalPubAndRatchetTree(
    signedBy(next, device),
    [chatIdExtension(next.chatId)],
    suite,
  )
  const groupInfo = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo: info })
  return {
    commit: commitBytes,
    welcome,
    groupInfo,
    epoch: next.engine.groupContext.epoch,
    next,
    saved: sealRecord('pending', [commitBytes, welcome ?? new Uint8Array(), groupInfo, saveGroup(next)]),
  }
}

function toProposals({ add = [], remove = [], state }: CommitIntent): Proposal[] {
  const proposals: Proposal[] = []
  for (const leaf of remove) proposals.push({ proposalType: 'remove', remove: { removed: leaf } })
  for (const bytes of add)
    proposals.push({ proposalType: 'add', add: { keyPackage: decodeKeyPackage(bytes) } })
  if (state) {
    const extensions = [chatStateExtension(state)]
    proposals.push({ proposalType: 'group_context_extensions', groupContextExtensions: { extensions } })
  }
  return proposals
}

async function createEngineCommit(
  state: ClientState,
  extraProposals: Proposal[],
  authenticatedData: Uint8Array,
  groupInfoExtensions: Extension[],
) {
  try {
    return await createCommit(
      { state, cipherSuite: suite },
      {
        wireAsPublicMessage: true,
        extraProposals,
        ratchetTreeExtension: true,
        groupInfoExtensions,
        authenticatedData,
      },
    )
  } catch (cause) {
    throw new PolicyError('the commit is not valid in this group', { cause })
  }
}

/** Judges our own commit exactly as the others will, path and all (attack A6). */
async function ensureAllowed(group: Group, message: Awaited<ReturnType<typeof createCommit>>['commit']) {
  if (message.wireformat !== 'mls_public_message' || message.publicMessage.content.contentType !== 'commit') {
    throw new DecodeError('commit: not a public message')
  }
  const { commit: content, authenticatedData } = message.publicMessage.content
  const sender = { kind: 'member', leaf: group.engine.privatePath.leafIndex } as const
  const context = contextOf(group)
  const read = await readCommit(context, sender, content, authenticatedData)
  if (read.kind === 'refused') throw refusal(read.reason)
  if (bringsKnownKey(group.engine.ratchetTree, sender, content)) throw refusal('duplicate-key')
  const verdict = judgeCommit(context, read.facts)
  if (verdict.kind === 'refused') throw refusal(verdict.reason)
}

function refusal(reason: string): PolicyError {
  return new PolicyError(`refused: ${reason}`, { reason })
}
