/** The Welcomes that wait for devices: one row a commit, to which the inboxes of all that it adds refer. */
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'

/** Which commit's. */
export interface WelcomeKey {
  readonly chatId: ChatId
  readonly logPosition: bigint
}

export interface NewWelcome extends WelcomeKey {
  readonly sealed: Uint8Array
}

/** Before the inbox items that refer to them. */
export async function insertWelcomes(transaction: Queryable, welcomes: readonly NewWelcome[]): Promise<void> {
  if (welcomes.length === 0) return
  await transaction.query(
    `INSERT INTO welcomes (chat_id, log_position, welcome)
     SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[])`,
    [...columnsOf(welcomes), welcomes.map(({ sealed }) => sealed)],
  )
}

/**
 * Removes those that no inbox refers to any more. They are locked first, and inboxes looked at afterwards: of two
 * transactions that take the last two references the later one sees what the other has taken.
 */
export async function removeUnreferenced(
  transaction: Queryable,
  welcomes: readonly WelcomeKey[],
): Promise<void> {
  if (welcomes.length === 0) return
  const columns = columnsOf(welcomes)
  await transaction.query(
    `SELECT FROM welcomes
     WHERE (chat_id, log_position) IN (SELECT * FROM unnest($1::bytea[], $2::bigint[]))
     ORDER BY chat_id, log_position FOR UPDATE`,
    columns,
  )
  await transaction.query(
    `DELETE FROM welcomes USING unnest($1::bytea[], $2::bigint[]) AS told (chat_id, log_position)
     WHERE welcomes.chat_id = told.chat_id AND welcomes.log_position = told.log_position AND NOT EXISTS (
       SELECT FROM inbox WHERE subject = told.chat_id AND inbox.log_position = told.log_position
     )`,
    columns,
  )
}

function columnsOf(welcomes: readonly WelcomeKey[]) {
  return [
    welcomes.map(({ chatId }) => ChatId.toBytes(chatId)),
    welcomes.map(({ logPosition }) => logPosition),
  ] as const
}
