/**
 * What a commit rests on besides its committer's role: signed words of accounts, devices and invite keys, carried
 * in the commit's authenticated data. Format: proto/veche/e2ee/v1/commit.proto.
 */
import { create } from '@bufbuild/protobuf'
import {
  AccountId,
  compareBytes,
  DecodeError,
  DeviceId,
  decodeCanonical,
  encodeMessage,
  equalBytes,
  isSignedBy,
  labelled,
} from '@veche/protocol'
import type { ChatState, Invite } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import {
  type CommitEvidence,
  CommitEvidenceSchema,
  type InviteProof,
  type LeaveRequest,
  LeaveRequestSchema,
  type ReplaceRequest,
  ReplaceRequestSchema,
} from '@veche/protocol/gen/e2ee/v1/commit_pb.js'
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js'
import { type Device, readCertificate, verifyRevocation } from './device.ts'
import type { CommitContext, KnownLeaf } from './group.ts'
import { suite } from './provider.ts'
import { uint64 } from './record.ts'

const MAX_EVIDENCE_BYTES = 64 * 1024
const MAX_ITEMS = 64
const MAX_DATA_BYTES = 4096
const MAX_REQUEST_BYTES = 256
/** For how many epochs after the one it names a request holds; then it must be signed again. */
export const REQUEST_EPOCHS = 64n

/** Evidence of which every signature was checked. */
export interface VerifiedEvidence {
  readonly revoked: readonly { accountId: AccountId; deviceId: DeviceId }[]
  /** References of key packages whose devices ask to be replaced. */
  readonly replacing: readonly Uint8Array[]
  readonly leaving: readonly AccountId[]
  /** The committer's own bytes. */
  readonly data: Uint8Array
}

/** What the signatures are checked against: the epoch in which the commit was made. */
export interface EvidenceContext {
  readonly groupId: Uint8Array
  readonly epoch: bigint
  readonly members: readonly KnownLeaf[]
  /** Key packages in the commit: reference and signature key. */
  readonly adds: readonly { readonly reference: Uint8Array; readonly signatureKey: Uint8Array }[]
}

/** @throws DecodeError for parts that are malformed or too many */
export function encodeEvidence(parts: {
  revocations?: readonly Uint8Array[] | undefined
  replaceRequests?: readonly Uint8Array[] | undefined
  leaveRequests?: readonly Uint8Array[] | undefined
  invite?: InviteProof | undefined
  data?: Uint8Array | undefined
}): Uint8Array {
  const decodeEach = <T>(decode: (bytes: Uint8Array) => T, list: readonly Uint8Array[] = []) =>
    list.map(decode)
  const evidence = create(CommitEvidenceSchema, {
    revocations: [...(parts.revocations ?? [])],
    replacements: decodeEach(decodeReplaceRequest, parts.replaceRequests),
    departures: decodeEach(decodeLeaveRequest, parts.leaveRequests),
    data: parts.data ?? new Uint8Array(),
    ...(parts.invite && { invite: parts.invite }),
  })
  const bytes = encodeMessage(CommitEvidenceSchema, evidence)
  decodeEvidence(bytes)
  return bytes
}

/** @throws DecodeError */
export function decodeEvidence(bytes: Uint8Array): CommitEvidence {
  const evidence = decodeCanonical(CommitEvidenceSchema, bytes, MAX_EVIDENCE_BYTES)
  const { revocations, replacements, departures, data } = evidence
  if ([revocations, replacements, departures].some((list) => list.length > MAX_ITEMS)) {
    throw new DecodeError('commit evidence: too many items')
  }
  if (data.length > MAX_DATA_BYTES) throw new DecodeError('commit evidence: too much data')
  return evidence
}

/** Checks every signature. @throws DecodeError when one is missing, wrong, or for another time or group */
export async function verifyEvidence(
  evidence: CommitEvidence,
  context: EvidenceContext,
): Promise<VerifiedEvidence> {
  for (const request of evidence.replacements) await verifyReplaceRequest(request, context)
  for (const request of evidence.departures) await verifyLeaveRequest(request, context)
  return {
    revoked: await Promise.all(evidence.revocations.map(verifyRevocation)),
    replacing: evidence.replacements.map((request) => request.keyPackageRef),
    leaving: evidence.departures.map((request) => AccountId.fromBytes(request.accountId)),
    data: evidence.data,
  }
}

/**
 * A device's wish to have its old leaf removed and this key package added in one commit.
 * @param epoch the group's present epoch, as the delivery service names it
 */
export async function requestReplacement(
  device: Device,
  groupId: Uint8Array,
  epoch: bigint,
  keyPackageRef: Uint8Array,
): Promise<Uint8Array> {
  const unsigned = create(ReplaceRequestSchema, { groupId, epoch, keyPackageRef })
  return encodeMessage(ReplaceRequestSchema, { ...unsigned, signature: await signRequest(device, unsigned) })
}

/** An account's wish to leave the group, all its devices with it. */
export async function requestLeave(device: Device, groupId: Uint8Array, epoch: bigint): Promise<Uint8Array> {
  const { accountId, deviceId } = readCertificate(device.certificate)
  const unsigned = create(LeaveRequestSchema, {
    groupId,
    epoch,
    accountId: AccountId.toBytes(accountId),
    deviceId: DeviceId.toBytes(deviceId),
  })
  return encodeMessage(LeaveRequestSchema, { ...unsigned, signature: await signRequest(device, unsigned) })
}

/** An account's wish to leave that a device in the group has signed. */
export interface LeaveWish {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  /** Good for it and the 64 that follow. */
  readonly epoch: bigint
}

/** @throws DecodeError unless members would accept it now as a ground to take the account out */
export async function verifyLeaveWish(
  bytes: Uint8Array,
  context: Omit<CommitContext, 'state'>,
): Promise<LeaveWish> {
  const request = decodeLeaveRequest(bytes)
  await verifyLeaveRequest(request, { ...context, adds: [] })
  const { accountId, deviceId, epoch } = request
  return { accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId), epoch }
}

/** What an invite's key signs for a joiner. */
export function inviteProofContent(
  groupId: Uint8Array,
  epoch: bigint,
  joiner: { signatureKey: Uint8Array; certificate: Uint8Array },
): Uint8Array {
  return labelled('veche invite v1', groupId, uint64(epoch), joiner.signatureKey, joiner.certificate)
}

/** The live invite that the proof was made with, if it was. */
export async function verifyInviteProof(
  proof: InviteProof | undefined,
  content: Uint8Array,
  state: ChatState,
): Promise<Invite | undefined> {
  if (!proof) return undefined
  const invite = state.invites.find(({ id }) => compareBytes(id, proof.inviteId) === 0)
  return invite && (await isSignedBy(invite.signingKey, content, proof.signature)) ? invite : undefined
}

type Request = ReplaceRequest | LeaveRequest

function decodeReplaceRequest(bytes: Uint8Array): ReplaceRequest {
  return decodeCanonical(ReplaceRequestSchema, bytes, MAX_REQUEST_BYTES)
}

function decodeLeaveRequest(bytes: Uint8Array): LeaveRequest {
  return decodeCanonical(LeaveRequestSchema, bytes, MAX_REQUEST_BYTES)
}

async function verifyReplaceRequest(request: ReplaceRequest, context: EvidenceContext): Promise<void> {
  ensureTimely(request, context)
  const add = context.adds.find(({ reference }) => equalBytes(reference, request.keyPackageRef))
  if (!add) throw new DecodeError('replace request: for a key package that is not added')
  await ensureSigned(request, add.signatureKey)
}

async function verifyLeaveRequest(request: LeaveRequest, context: EvidenceContext): Promise<void> {
  ensureTimely(request, context)
  const [accountId, deviceId] = [AccountId.fromBytes(request.accountId), DeviceId.fromBytes(request.deviceId)]
  const signer = context.members.find((one) => one.accountId === accountId && one.deviceId === deviceId)
  if (!signer) throw new DecodeError('leave request: by a device that is not in the group')
  await ensureSigned(request, signer.signatureKey)
}

function ensureTimely({ groupId, epoch }: Request, context: EvidenceContext): void {
  if (!equalBytes(groupId, context.groupId)) throw new DecodeError('request: for another group')
  if (epoch > context.epoch || context.epoch > epoch + REQUEST_EPOCHS) {
    throw new DecodeError('request: for another time')
  }
}

async function ensureSigned(request: Request, signatureKey: Uint8Array): Promise<void> {
  const { label, content } = signedPart(request)
  if (!(await verifyWithLabel(signatureKey, label, content, request.signature, suite.signature))) {
    throw new DecodeError('request: bad signature')
  }
}

function signRequest(device: Device, request: Request): Promise<Uint8Array> {
  const { label, content } = signedPart(request)
  return signWithLabel(device.signaturePrivateKey, label, content, suite.signature)
}

/** The MLS label keeps the two apart, and both from all else that a leaf key signs (RFC 9420 section 5.1.2). */
function signedPart(request: Request): { label: string; content: Uint8Array } {
  const unsigned = { signature: new Uint8Array() }
  return request.$typeName === 'veche.e2ee.v1.ReplaceRequest'
    ? {
        label: 'Veche ReplaceRequest',
        content: encodeMessage(ReplaceRequestSchema, { ...request, ...unsigned }),
      }
    : { label: 'Veche LeaveRequest', content: encodeMessage(LeaveRequestSchema, { ...request, ...unsigned }) }
}
