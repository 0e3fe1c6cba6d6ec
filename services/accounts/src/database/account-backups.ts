import { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'

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
