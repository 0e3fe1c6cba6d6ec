/**
 * What was proved a moment ago, for the second half of what it allows. It holds only as long as what was proved does: an
 * old password or recovery code opens nothing after the change, also to one who proved it just before.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { findRecoveryVerifierHash } from '../database/account-backups.ts'
import { findRecord } from '../database/opaque-records.ts'
import type { ExpiringStore } from '../login/expiring-store.ts'

export interface Proven {
  readonly accountId: AccountId
  /** SHA-256, in hexadecimal, of the password's or the code's record that it was proved against. */
  readonly credential: string
}

/** By the token's text. */
export type ProvenStore = ExpiringStore<Proven>

export function credentialOf(record: string | Uint8Array): string {
  return createHash('sha256').update(record).digest('hex')
}

/** What was proved for this token; given once. */
export function takeProof(store: ProvenStore, token: Uint8Array): Promise<Proven | undefined> {
  return store.take(Buffer.from(token).toString('hex'))
}

/** Whether the password is still the one that was proved. */
export async function isStillPassword(
  database: Queryable,
  { accountId, credential }: Proven,
): Promise<boolean> {
  const record = await findRecord(database, accountId)
  return record !== undefined && credentialOf(record) === credential
}

/** Whether the recovery code is still the one that was proved. */
export async function isStillRecoveryCode(
  database: Queryable,
  { accountId, credential }: Proven,
): Promise<boolean> {
  const hash = await findRecoveryVerifierHash(database, accountId)
  return hash !== undefined && credentialOf(hash) === credential
}

/** Whether this is the verifier of which the hash is; tells nothing by its time. */
export function isVerifierOf(verifier: Uint8Array, hash: Uint8Array): boolean {
  const digest = createHash('sha256').update(verifier).digest()
  return hash.length === digest.length && timingSafeEqual(digest, hash)
}
