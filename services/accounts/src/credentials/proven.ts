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

/** What a token was used for. */
export interface UsedProof extends Proven {
  /** SHA-256, in hexadecimal, of the one request that it may be used for again. */
  readonly request: string
}

/**
 * What was proved for this token, given once; and again to the same request, whose answer may have been lost. What it
 * does must come to the same when it is done twice.
 */
export async function takeProofFor(
  { provenLogins, usedLogins }: { provenLogins: ProvenStore; usedLogins: ExpiringStore<UsedProof> },
  token: Uint8Array,
  requestBytes: Uint8Array,
): Promise<Proven | undefined> {
  const key = Buffer.from(token).toString('hex')
  const request = credentialOf(requestBytes)
  const proven = await provenLogins.take(key)
  if (proven) await usedLogins.put(key, { ...proven, request })
  const used = await usedLogins.get(key)
  return used?.request === request ? used : undefined
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
