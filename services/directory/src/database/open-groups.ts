/** The index: open groups, as chats last told of them. Never shown before chats was asked again. */
import { ChatId } from '@veche/protocol'
import type { Database, Queryable } from '@veche/service-kit'
import type { LookUpKeys } from '../text/query.ts'

export interface IndexedGroup {
  readonly chatId: ChatId
  readonly name: string
  readonly description: string
}

export interface GroupEntry extends IndexedGroup {
  readonly keys: readonly number[]
  /** Those of them that are of the name. */
  readonly nameKeys: readonly number[]
  readonly keysVersion: number
}

interface GroupRow {
  readonly chat_id: Buffer
  readonly name: string
  readonly description: string
}

/** Those that may be called so come first, then those that have a whole word of the query, then those that have a word that begins as typed; else as `lookUpPeople`. */
export async function lookUpGroups(
  database: Database,
  { first, second, whole, beginnings }: LookUpKeys,
  limit: number,
): Promise<IndexedGroup[]> {
  const lookUp = async (transaction: Queryable) => {
    await transaction.query('SET LOCAL enable_seqscan = off')
    return transaction.query<GroupRow>(
      `SELECT chat_id, name, description FROM open_group
       WHERE keys && $1::integer[] AND ($2::integer[] = '{}' OR keys && $2)
       ORDER BY NOT (name_keys && $1 AND ($2 = '{}' OR name_keys && $2)), NOT keys && $3::integer[], NOT keys && $4::integer[], name, chat_id
       LIMIT $5`,
      [first, second, whole, beginnings, limit],
    )
  }
  const { rows } = await database.transaction(lookUp, { readOnly: true })
  return rows.map(toGroup)
}

/** Puts them in, in the place of what was there. */
export async function storeGroups(transaction: Queryable, groups: readonly GroupEntry[]): Promise<void> {
  for (const { chatId, name, description, keys, nameKeys, keysVersion } of groups) {
    await transaction.query({
      name: 'store_group',
      text: `INSERT INTO open_group (chat_id, name, description, keys, name_keys, keys_version)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (chat_id) DO UPDATE SET name = excluded.name, description = excluded.description,
          keys = excluded.keys, name_keys = excluded.name_keys, keys_version = excluded.keys_version`,
      values: [ChatId.toBytes(chatId), name, description, keys, nameKeys, keysVersion],
    })
  }
}

export async function deleteGroups(transaction: Queryable, chatIds: readonly ChatId[]): Promise<void> {
  if (chatIds.length === 0) return
  const ids = chatIds.map(ChatId.toBytes)
  await transaction.query('DELETE FROM open_group WHERE chat_id = ANY ($1::bytea[])', [ids])
}

/** Which groups the index holds in a range of ids, with the version of their keys. @param through undefined: to the end */
export async function listGroupRange(
  database: Queryable,
  after: ChatId | undefined,
  through: ChatId | undefined,
): Promise<(IndexedGroup & { readonly keysVersion: number })[]> {
  const { rows } = await database.query<GroupRow & { readonly keys_version: number }>(
    `SELECT chat_id, name, description, keys_version FROM open_group
     WHERE chat_id > $1 AND ($2::bytea IS NULL OR chat_id <= $2)`,
    [after ? ChatId.toBytes(after) : new Uint8Array(), through ? ChatId.toBytes(through) : null],
  )
  return rows.map((row) => ({ ...toGroup(row), keysVersion: row.keys_version }))
}

function toGroup({ chat_id, name, description }: GroupRow): IndexedGroup {
  return { chatId: ChatId.fromBytes(chat_id), name, description }
}
