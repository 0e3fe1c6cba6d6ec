/** Who may start nothing with whom: accounts by id, and by handle where the blocker was shown no account. */
import { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { MAX_BLOCKS } from '../limits.ts'
import type { Handle } from '../names/handle.ts'

/** What names a blocked account. */
export type BlockedName = { readonly accountId: AccountId } | { readonly handle: Handle }

export interface BlockedAccount {
  readonly handle: string
  /** Undefined where it was blocked by its handle alone. */
  readonly account:
    | { readonly accountId: AccountId; readonly accountKey: Uint8Array; readonly name: string }
    | undefined
}

/** SQL: whether the account in `blocker` blocks the one whose id is `id`. */
export function blocks(blocker: string, id: string): string {
  return `(EXISTS (SELECT 1 FROM block WHERE blocker_id = ${blocker} AND blocked_id = ${id})
    OR EXISTS (SELECT 1 FROM handle_block JOIN account AS other USING (handle)
      WHERE blocker_id = ${blocker} AND other.account_id = ${id}))`
}

/** Does nothing where the account to be blocked is absent. */
export async function insertBlock(
  database: Queryable,
  blockerId: AccountId,
  blocked: BlockedName,
): Promise<void> {
  const blocker = AccountId.toBytes(blockerId)
  if ('handle' in blocked) {
    await database.query(
      'INSERT INTO handle_block (blocker_id, handle) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [blocker, blocked.handle],
    )
    return
  }
  await database.query(
    `INSERT INTO block (blocker_id, blocked_id) SELECT $1, account_id FROM account WHERE account_id = $2
     ON CONFLICT DO NOTHING`,
    [blocker, AccountId.toBytes(blocked.accountId)],
  )
}

/** Whichever way the account was blocked. */
export async function deleteBlock(
  database: Queryable,
  blockerId: AccountId,
  blocked: BlockedName,
): Promise<void> {
  const [same, name] =
    'handle' in blocked
      ? ['handle = $2', blocked.handle]
      : ['account_id = $2', AccountId.toBytes(blocked.accountId)]
  await database.query(
    `WITH named AS (SELECT account_id, handle FROM account WHERE ${same}),
       by_id AS (DELETE FROM block USING named WHERE blocker_id = $1 AND blocked_id = named.account_id)
     DELETE FROM handle_block
     WHERE blocker_id = $1 AND (handle IN (SELECT handle FROM named) OR handle = $3)`,
    [AccountId.toBytes(blockerId), name, 'handle' in blocked ? blocked.handle : null],
  )
}

/** A few more may come in by calls at the same time. */
export async function hasRoomForBlock(database: Queryable, blockerId: AccountId): Promise<boolean> {
  const { rows } = await database.query<{ count: bigint }>(
    `SELECT (SELECT count(*) FROM block WHERE blocker_id = $1)
       + (SELECT count(*) FROM handle_block WHERE blocker_id = $1) AS count`,
    [AccountId.toBytes(blockerId)],
  )
  return rows[0]!.count < MAX_BLOCKS
}

interface BlockedRow {
  readonly account_id: Buffer | null
  readonly account_key: Buffer
  readonly handle: string
  readonly display_name: string
}

/** By handle, each once. */
export async function listBlocked(database: Queryable, blockerId: AccountId): Promise<BlockedAccount[]> {
  const { rows } = await database.query<BlockedRow>(
    `WITH by_id AS (
       SELECT account_id, account_key, handle, display_name
       FROM block JOIN account ON account_id = blocked_id WHERE blocker_id = $1
     )
     SELECT * FROM by_id
     UNION ALL
     SELECT NULL, NULL, handle, NULL FROM handle_block
     WHERE blocker_id = $1 AND handle NOT IN (SELECT handle FROM by_id)
     ORDER BY handle`,
    [AccountId.toBytes(blockerId)],
  )
  return rows.map(({ account_id, account_key, handle, display_name }) => ({
    handle,
    account: account_id
      ? { accountId: AccountId.fromBytes(account_id), accountKey: account_key, name: display_name }
      : undefined,
  }))
}

/** Which of the two block the other. */
export async function listBlockers(
  database: Queryable,
  pair: readonly [AccountId, AccountId],
): Promise<AccountId[]> {
  const { rows } = await database.query<{ id: Buffer }>(
    `SELECT id FROM (VALUES ($1::bytea, $2::bytea), ($2, $1)) AS pair (id, other_id)
     WHERE ${blocks('pair.id', 'pair.other_id')}`,
    pair.map(AccountId.toBytes),
  )
  return rows.map(({ id }) => AccountId.fromBytes(id))
}
