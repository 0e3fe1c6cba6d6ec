import { type AccountId, DecodeError } from '@veche/protocol'
import { decodeEvidence, encodeEvidence, verifyEvidence } from './commit-evidence.ts'
import { contextOf, type Group } from './group.ts'

/** Whose wish to leave it is; undefined where members would not accept a commit with it in this epoch. */
export async function leaverOf(group: Group, leaveRequest: Uint8Array): Promise<AccountId | undefined> {
  try {
    const evidence = decodeEvidence(encodeEvidence({ leaveRequests: [leaveRequest] }))
    const { leaving } = await verifyEvidence(evidence, { ...contextOf(group), adds: [] })
    return leaving[0]
  } catch (cause) {
    if (cause instanceof DecodeError) return undefined
    throw cause
  }
}
