/** Grants: how chats says that one account may claim the key packages of another (attack A14). */
import { AccountId, DecodeError, decodeCanonical, labelled } from '@veche/protocol'
import { KeyPackageGrantSchema } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { isSignedBy } from '../keys/ed25519.ts'

export interface Grant {
  readonly requesterId: AccountId
  readonly targetId: AccountId
  /** 16 bytes. */
  readonly grantId: Uint8Array
  readonly expiresAtMs: number
}

const MAX_GRANT_BYTES = 256
const SIGNATURE_BYTES = 64
const GRANT_ID_BYTES = 16
/** Ten minutes, and one for clocks that differ. */
const MAX_LIFETIME_MS = 11 * 60_000

/** @throws DecodeError unless chats signed the grant and it is good at `nowMs`. */
export function readGrant(bytes: Uint8Array, grantKey: Uint8Array | undefined, nowMs: number): Grant {
  if (bytes.length > MAX_GRANT_BYTES) throw new DecodeError('grant: too large')
  const content = bytes.subarray(0, -SIGNATURE_BYTES)
  const signature = bytes.subarray(-SIGNATURE_BYTES)
  if (
    grantKey === undefined ||
    !isSignedBy(grantKey, labelled('veche key package grant v1', content), signature)
  ) {
    throw new DecodeError('grant: not signed by chats')
  }
  const { requesterId, targetId, grantId, expiresAtMs } = decodeCanonical(
    KeyPackageGrantSchema,
    content,
    MAX_GRANT_BYTES,
  )
  if (grantId.length !== GRANT_ID_BYTES) throw new DecodeError('grant: id of another length')
  const leftMs = Number(expiresAtMs) - nowMs
  if (leftMs <= 0 || leftMs > MAX_LIFETIME_MS) throw new DecodeError('grant: not its time')
  return {
    requesterId: AccountId.fromBytes(requesterId),
    targetId: AccountId.fromBytes(targetId),
    grantId,
    expiresAtMs: Number(expiresAtMs),
  }
}
