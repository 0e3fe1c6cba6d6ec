/** Rows of `open_groups`: written with the chat's row locked, gone with the open invite. */
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { Publication } from '../groups/publication.ts'

export interface OpenGroupRow {
  readonly chatId: Buffer
  readonly name: string
  readonly description: string
  readonly inviteSeed: Buffer
  /** Accounts in it. */
  readonly people: number
}

const COLUMNS = `chat_id AS "chatId", name, description, seed AS "inviteSeed", cardinality(accounts) AS people`

export async function publishGroup(
  transaction: Queryable,
  chatId: ChatId,
  { inviteId, seed, name, description }: Publication,
): Promise<void> {
  const chat = ChatId.toBytes(chatId)
  if (!seed) {
    const titles = 'UPDATE open_groups SET name = $2, description = $3 WHERE chat_id = $1'
    await transaction.query(titles, [chat, name, description])
    return
  }
  await transaction.query(
    `INSERT INTO open_groups (chat_id, invite_id, seed, name, description) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (chat_id) DO UPDATE SET invite_id = excluded.invite_id, seed = excluded.seed, name = excluded.name,
       description = excluded.description`,
    [chat, inviteId, seed, name, description],
  )
}

/** Those of these chats that are open groups, by ascending id. */
export async function findOpenGroups(
  database: Queryable,
  chatIds: readonly ChatId[],
): Promise<readonly OpenGroupRow[]> {
  const { rows } = await database.query<OpenGroupRow>(
    `SELECT ${COLUMNS} FROM open_groups JOIN groups USING (chat_id) WHERE chat_id = ANY ($1::bytea[]) ORDER BY chat_id`,
    [chatIds.map(ChatId.toBytes)],
  )
  return rows
}

/** By ascending id. @param after empty: from the beginning */
export async function listOpenGroups(
  database: Queryable,
  after: Uint8Array,
  limit: number,
): Promise<readonly OpenGroupRow[]> {
  const { rows } = await database.query<OpenGroupRow>(
    `SELECT ${COLUMNS} FROM open_groups JOIN groups USING (chat_id) WHERE chat_id > $1 ORDER BY chat_id LIMIT $2`,
    [after, limit],
  )
  return rows
}
