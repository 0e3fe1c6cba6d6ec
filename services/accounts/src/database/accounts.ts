import { AccountId } from '@veche/protocol'
import { AcceptancePolicy, Visibility } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { Queryable } from '@veche/service-kit'
import type { Handle } from '../names/handle.ts'
import { blocks } from './blocks.ts'

export interface Account {
  readonly accountId: AccountId
  readonly accountKey: Uint8Array
  readonly handle: string
  readonly displayName: string
  readonly acceptance: AcceptancePolicy
  readonly visibility: Visibility
  readonly administrator: boolean
  readonly statementHash: Uint8Array
}

export interface NewAccount {
  readonly accountId: AccountId
  readonly accountKey: Uint8Array
  readonly handle: Handle
  readonly handleSkeleton: string
  readonly displayName: string
  readonly administrator: boolean
  readonly statementHash: Uint8Array
}

/** Until the transaction ends, nobody else registers or changes the account with this id. */
export async function lockAccountId(transaction: Queryable, accountId: AccountId): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [accountId])
}

/** False where the handle's skeleton is taken, or the id. */
export async function insertAccount(database: Queryable, account: NewAccount): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO account
       (account_id, account_key, handle, handle_skeleton, display_name, administrator, statement_hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      AccountId.toBytes(account.accountId),
      account.accountKey,
      account.handle,
      account.handleSkeleton,
      account.displayName,
      account.administrator,
      account.statementHash,
    ],
  )
  return rowCount > 0
}

export async function findAccount(database: Queryable, accountId: AccountId): Promise<Account | undefined> {
  return (await listAccounts(database, [accountId]))[0]
}

export async function findAccountKey(
  database: Queryable,
  accountId: AccountId,
): Promise<Uint8Array | undefined> {
  return (await findAccount(database, accountId))?.accountKey
}

/** In no order; unknown ids are left out. */
export async function listAccounts(
  database: Queryable,
  accountIds: readonly AccountId[],
): Promise<Account[]> {
  const { rows } = await database.query<AccountRow>(
    `SELECT account_id, account_key, handle, display_name, acceptance, visibility, administrator, statement_hash
     FROM account WHERE account_id = ANY($1::bytea[])`,
    [accountIds.map(AccountId.toBytes)],
  )
  return rows.map(toAccount)
}

export async function isHandleTaken(database: Queryable, handleSkeleton: string): Promise<boolean> {
  const { rowCount } = await database.query('SELECT 1 FROM account WHERE handle_skeleton = $1', [
    handleSkeleton,
  ])
  return rowCount > 0
}

export async function hasAdministrator(database: Queryable): Promise<boolean> {
  return (await database.query('SELECT 1 FROM account WHERE administrator LIMIT 1')).rowCount > 0
}

export interface AccountSettings {
  readonly acceptance: AcceptancePolicy
  readonly visibility: Visibility
}

/** Changes what is given; undefined where there is no such account. */
export async function updateSettings(
  database: Queryable,
  accountId: AccountId,
  { acceptance, visibility }: Partial<AccountSettings>,
): Promise<AccountSettings | undefined> {
  const { rows } = await database.query<AccountSettings>(
    `UPDATE account SET acceptance = coalesce($2, acceptance), visibility = coalesce($3, visibility)
     WHERE account_id = $1 RETURNING acceptance, visibility`,
    [AccountId.toBytes(accountId), acceptance ?? null, visibility ?? null],
  )
  return rows[0]
}

export interface OpenAccountsQuery {
  readonly accountIds: readonly AccountId[]
  /** Accounts that block it are left out. */
  readonly requesterId: AccountId | undefined
}

/** Those of these accounts that are open now (M12), in no order. */
export async function findOpenAccounts(
  database: Queryable,
  { accountIds, requesterId }: OpenAccountsQuery,
): Promise<OpenAccount[]> {
  const { rows } = await database.query<OpenAccountRow>(
    `SELECT account_id, account_key, handle, display_name FROM account
     WHERE account_id = ANY($1::bytea[]) AND visibility = $3 AND NOT ${BLOCKED}`,
    [accountIds.map(AccountId.toBytes), requesterId ? AccountId.toBytes(requesterId) : null, Visibility.OPEN],
  )
  return rows.map(toOpenAccount)
}

/** Open accounts in the order of their ids. @param after an id, or nothing for the first page */
export async function listOpenAccounts(
  database: Queryable,
  after: AccountId | undefined,
  limit: number,
): Promise<OpenAccount[]> {
  const { rows } = await database.query<OpenAccountRow>(
    `SELECT account_id, account_key, handle, display_name FROM account
     WHERE account_id > $1 AND visibility = $2 ORDER BY account_id LIMIT $3`,
    [after ? AccountId.toBytes(after) : new Uint8Array(), Visibility.OPEN, limit],
  )
  return rows.map(toOpenAccount)
}

export type OpenAccount = Pick<Account, 'accountId' | 'accountKey' | 'handle' | 'displayName'>

type OpenAccountRow = Pick<AccountRow, 'account_id' | 'account_key' | 'handle' | 'display_name'>

function toOpenAccount({ account_id, account_key, handle, display_name }: OpenAccountRow): OpenAccount {
  return {
    accountId: AccountId.fromBytes(account_id),
    accountKey: account_key,
    handle,
    displayName: display_name,
  }
}

export interface Reachable {
  readonly accountId: AccountId
  readonly acceptance: AcceptancePolicy
}

/**
 * Whom a handle names, for one who wants to write there. Absent and blocking accounts are both undefined, after
 * the same one statement (attack B6).
 */
export async function resolveHandle(
  database: Queryable,
  handle: Handle,
  requesterId: AccountId,
): Promise<Reachable | undefined> {
  const { rows } = await database.query<ReachableRow>(
    `SELECT account_id, acceptance, ${BLOCKED} AS blocked FROM account WHERE handle = $1`,
    [handle, AccountId.toBytes(requesterId)],
  )
  const row = rows[0]
  if (row === undefined || row.blocked) return undefined
  return { accountId: AccountId.fromBytes(row.account_id), acceptance: row.acceptance }
}

/** Whether an account accepts now what the requester starts: forbidden also where it is absent or blocks them. */
export async function findAcceptance(
  database: Queryable,
  accountId: AccountId,
  requesterId: AccountId,
): Promise<AcceptancePolicy> {
  const { rows } = await database.query<ReachableRow>(
    `SELECT account_id, acceptance, ${BLOCKED} AS blocked FROM account WHERE account_id = $1`,
    [AccountId.toBytes(accountId), AccountId.toBytes(requesterId)],
  )
  const row = rows[0]
  return row === undefined || row.blocked ? AcceptancePolicy.FORBIDDEN : row.acceptance
}

const BLOCKED = blocks('account.account_id', '$2')

interface ReachableRow {
  readonly account_id: Buffer
  readonly acceptance: AcceptancePolicy
  readonly blocked: boolean
}

interface AccountRow {
  readonly account_id: Buffer
  readonly account_key: Buffer
  readonly handle: string
  readonly display_name: string
  readonly acceptance: AcceptancePolicy
  readonly visibility: Visibility
  readonly administrator: boolean
  readonly statement_hash: Buffer
}

function toAccount(row: AccountRow): Account {
  return {
    accountId: AccountId.fromBytes(row.account_id),
    accountKey: row.account_key,
    handle: row.handle,
    displayName: row.display_name,
    acceptance: row.acceptance,
    visibility: row.visibility,
    administrator: row.administrator,
    statementHash: row.statement_hash,
  }
}
