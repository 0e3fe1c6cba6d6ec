import { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'

/** Does nothing where the account to be blocked is absent. */
export async function insertBlock(
  database: Queryable,
  blockerId: AccountId,
  blockedId: AccountId,
): Promise<void> {
  await database.query(
    `INSERT INTO block (blocker_id, blocked_id) SELECT $1, account_id FROM account WHERE account_id = $2
     ON CONFLICT DO NOTHING`,
    [AccountId.toBytes(blockerId), AccountId.toBytes(blockedId)],
  )
}

export async function deleteBlock(
  database: Queryable,
  blockerId: AccountId,
  blockedId: AccountId,
): Promise<void> {
  await database.query('DELETE FROM block WHERE blocker_id = $1 AND blocked_id = $2', [
    AccountId.toBytes(blockerId),
    AccountId.toBytes(blockedId),
  ])
}
