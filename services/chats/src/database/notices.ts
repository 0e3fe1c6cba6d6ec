/** Requests, to a private chat or into a group, of which somebody is still to be told. */
import { AccountId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { Notice } from '../requests/pair.ts'

/** As the columns `notice` say it. */
export const NOTICES = { request: 1, answer: 2 } as const

export interface UntoldNotice {
  readonly requestId: Uint8Array
  readonly table: 'pairs' | 'member_requests' | 'join_requests'
  readonly notice: Notice
  /** Who is to be told: of a request the asked, of an answer the asker. */
  readonly recipient: AccountId
}

interface UntoldRow {
  readonly requestId: Buffer
  readonly table: UntoldNotice['table']
  readonly notice: number
  readonly recipient: Buffer
}

export async function findUntold(database: Queryable, limit: number): Promise<readonly UntoldNotice[]> {
  const from = (table: UntoldNotice['table'], asked = 'asked') =>
    `SELECT request_id AS "requestId", '${table}' AS "table", notice,
       CASE notice WHEN ${NOTICES.request} THEN ${asked} ELSE asker END AS recipient
     FROM ${table} WHERE notice IS NOT NULL`
  const { rows } = await database.query<UntoldRow>(
    `${from('pairs')} UNION ALL ${from('member_requests')}
     UNION ALL ${from('join_requests', 'NULL')} LIMIT $1`,
    [limit],
  )
  return rows.map((row) => ({
    ...row,
    notice: row.notice === NOTICES.request ? 'request' : 'answer',
    recipient: AccountId.fromBytes(row.recipient),
  }))
}

/** Takes the notice, if it is still there: true for one transaction only. */
export async function takeNotice(
  transaction: Queryable,
  { requestId, table, notice }: UntoldNotice,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE ${table} SET notice = NULL WHERE request_id = $1 AND notice = $2`,
    [requestId, NOTICES[notice]],
  )
  return rowCount > 0
}
