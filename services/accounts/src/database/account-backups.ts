import { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { Handle } from '../names/handle.ts'

export interface AccountBackup {
  readonly accountId: AccountId
  /** Encoded WrappedSecrets. */
  readonly passwordWrap: Uint8Array
  readonly recoveryWrap: Uint8Array
  readonly recoveryVerifierHash: Uint8Array
  readonly backupKey: Uint8Array
}

export async function insertAccountBackup(database: Queryable, backup: AccountBackup): Promise<void> {
  await database.query(
    `INSERT INTO account_backup (account_id, password_wrap, recovery_wrap, recovery_verifier_hash, backup_key)
     VALUES ($1, $2, $3, $4, $5)`,
    [
      AccountId.toBytes(backup.accountId),
      backup.passwordWrap,
      backup.recoveryWrap,
      backup.recoveryVerifierHash,
      backup.backupKey,
    ],
  )
}

export async function findPasswordWrap(
  database: Queryable,
  accountId: AccountId,
): Promise<Uint8Array | undefined> {
  const { rows } = await database.query<{ password_wrap: Buffer }>(
    'SELECT password_wrap FROM account_backup WHERE account_id = $1',
    [AccountId.toBytes(accountId)],
  )
  return rows[0]?.password_wrap
}

export async function replacePasswordWrap(
  transaction: Queryable,
  accountId: AccountId,
  passwordWrap: Uint8Array,
): Promise<void> {
  await transaction.query('UPDATE account_backup SET password_wrap = $2 WHERE account_id = $1', [
    AccountId.toBytes(accountId),
    passwordWrap,
  ])
}

export async function replaceRecoveryCode(
  transaction: Queryable,
  accountId: AccountId,
  { recoveryWrap, recoveryVerifierHash }: Pick<AccountBackup, 'recoveryWrap' | 'recoveryVerifierHash'>,
): Promise<void> {
  await transaction.query(
    'UPDATE account_backup SET recovery_wrap = $2, recovery_verifier_hash = $3 WHERE account_id = $1',
    [AccountId.toBytes(accountId), recoveryWrap, recoveryVerifierHash],
  )
}

export async function findRecoveryVerifierHash(
  database: Queryable,
  accountId: AccountId,
): Promise<Uint8Array | undefined> {
  const { rows } = await database.query<{ recovery_verifier_hash: Buffer }>(
    'SELECT recovery_verifier_hash FROM account_backup WHERE account_id = $1',
    [AccountId.toBytes(accountId)],
  )
  return rows[0]?.recovery_verifier_hash
}

export interface RecoveryRecord
  extends Pick<AccountBackup, 'accountId' | 'recoveryWrap' | 'recoveryVerifierHash'> {}

/**
 * The record to check a recovery code with. For an unknown handle it is `fake`, by way of PostgreSQL: one statement and
 * one row of the same size, whether the handle is known or not (attack B1).
 */
export async function findRecoveryRecord(
  database: Queryable,
  handle: Handle,
  fake: RecoveryRecord,
): Promise<RecoveryRecord & { readonly known: boolean }> {
  const { rows } = await database.query<RecoveryRow>({
    name: 'find_recovery_record',
    text: `SELECT coalesce(found.account_id, fake.account_id) AS account_id,
             coalesce(found.recovery_wrap, fake.recovery_wrap) AS recovery_wrap,
             coalesce(found.recovery_verifier_hash, fake.recovery_verifier_hash) AS recovery_verifier_hash,
             found.account_id IS NOT NULL AS known
           FROM (VALUES ($2::bytea, $3::bytea, $4::bytea)) AS fake (account_id, recovery_wrap, recovery_verifier_hash)
           LEFT JOIN (account JOIN account_backup USING (account_id)) AS found ON found.handle = $1`,
    values: [handle, AccountId.toBytes(fake.accountId), fake.recoveryWrap, fake.recoveryVerifierHash],
  })
  const { account_id, recovery_wrap, recovery_verifier_hash, known } = rows[0]!
  return {
    accountId: AccountId.fromBytes(account_id),
    recoveryWrap: recovery_wrap,
    recoveryVerifierHash: recovery_verifier_hash,
    known,
  }
}

interface RecoveryRow {
  readonly account_id: Buffer
  readonly recovery_wrap: Buffer
  readonly recovery_verifier_hash: Buffer
  readonly known: boolean
}
