/**
 * Replaces a chat's data key while the chat is in use: a new key for what comes, then everything that is stored under
 * others is sealed anew, a batch at a time, and the others are forgotten.
 *
 * - New entries name the key that the chat's row names under its lock, so that none is put under a key that goes.
 * - Each batch holds the current key's row: no other process can replace it before the batch is stored.
 * - A key is forgotten only once, with the chat locked, nothing is found under it.
 *
 * Only sealed bytes change: position, ids, times, entry hash and log hash stay as they are.
 */
import { ChatId } from '@veche/protocol'
import {
  type Database,
  type DataKey,
  dataKeyIdOf,
  deleteOldDataKeys,
  type Queryable,
  type Resealer,
} from '@veche/service-kit'
import { findJoinOffer, replaceJoinOffer } from '../database/invites.ts'
import {
  findResealableEntries,
  findResealableWelcomes,
  lockChat,
  type SealedRow,
  storeResealedEntries,
  storeResealedWelcomes,
} from '../database/reseal.ts'
import { CHAT_LOG, type ChatKeys } from './chat-keys.ts'
import { ChatSealing } from './payload.ts'

interface Resealing {
  readonly database: Database
  readonly keys: ChatKeys
}

const BATCH_ROWS = 200
const BATCH_BYTES = 4 * 1024 * 1024

export function chatResealer(context: Resealing): Resealer {
  return {
    purpose: CHAT_LOG,
    async reseal(owner, pause) {
      const chatId = ChatId.fromBytes(owner)
      await renewKey(context, chatId)
      const damaged: unknown[] = []
      do {
        for (let after: bigint | undefined = 0n; after !== undefined; await pause()) {
          after = await resealEntries(context, chatId, after, damaged)
        }
        while (await resealWelcomes(context, chatId)) await pause()
        if (damaged.length > 0) throw damaged[0] // they keep their key, in case they can be mended
      } while (!(await forgetOldKeys(context, chatId)))
    },
  }
}

/** From here on new entries are under the new key. */
async function renewKey({ database, keys }: Resealing, chatId: ChatId): Promise<void> {
  await database.transaction(async (transaction) => {
    await lockChat(transaction, chatId)
    const { id } = await keys.dataKeys.renew(transaction, ChatId.toBytes(chatId))
    await transaction.query('UPDATE chats SET data_key_id = $2 WHERE chat_id = $1 AND data_key_id <> $2', [
      ChatId.toBytes(chatId),
      Buffer.from(id, 'hex'),
    ])
  })
}

/**
 * @param damaged takes the errors of entries that do not open; they stay as they are
 * @returns the position it came to; undefined at the end
 */
function resealEntries(
  { database, keys }: Resealing,
  chatId: ChatId,
  after: bigint,
  damaged: unknown[],
): Promise<bigint | undefined> {
  return database.transaction(async (transaction) => {
    const key = await keys.dataKeys.hold(transaction, ChatId.toBytes(chatId))
    const limits = { rows: BATCH_ROWS, bytes: BATCH_BYTES }
    const rows = await findResealableEntries(transaction, chatId, key.id, after, limits)
    const sealing = await load(keys, transaction, chatId, key, rows)
    const resealed = rows.flatMap(({ position, sealed }) => {
      try {
        return [{ position, sealed: sealing.reseal(key.id, 'entry', position, sealed) }]
      } catch (error) {
        damaged.push(error)
        return []
      }
    })
    await storeResealedEntries(transaction, chatId, resealed)
    return rows.at(-1)?.position
  })
}

/** @returns whether there were any */
function resealWelcomes({ database, keys }: Resealing, chatId: ChatId): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const key = await keys.dataKeys.hold(transaction, ChatId.toBytes(chatId))
    const rows = await findResealableWelcomes(transaction, chatId, key.id, BATCH_ROWS)
    const sealing = await load(keys, transaction, chatId, key, rows)
    const resealed = rows.map(({ position, sealed }) => {
      return { position, sealed: sealing.reseal(key.id, 'welcome', position, sealed) }
    })
    await storeResealedWelcomes(transaction, chatId, resealed)
    return rows.length > 0
  })
}

/** @returns false where something is still under an old key: entries that came after they were looked for */
function forgetOldKeys({ database, keys }: Resealing, chatId: ChatId): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await lockChat(transaction, chatId)
    const owner = ChatId.toBytes(chatId)
    const { id } = await keys.dataKeys.hold(transaction, owner)
    const entries = await findResealableEntries(transaction, chatId, id, 0n, { rows: 1, bytes: BATCH_BYTES })
    const welcomes = await findResealableWelcomes(transaction, chatId, id, 1)
    if (entries.length + welcomes.length > 0) return false
    await resealOffer(keys, transaction, chatId)
    await deleteOldDataKeys(transaction, CHAT_LOG, owner)
    return true
  })
}

/** There is one at most, and no commit while the chat is locked. */
async function resealOffer(keys: ChatKeys, transaction: Queryable, chatId: ChatId): Promise<void> {
  const row = await findJoinOffer(transaction, chatId)
  if (!row) return
  const key = await keys.dataKeys.hold(transaction, ChatId.toBytes(chatId))
  const sealing = await load(keys, transaction, chatId, key, [row])
  const sealed = sealing.reseal(key.id, 'offer', row.position, row.sealed)
  await replaceJoinOffer(transaction, chatId, { ...row, sealed })
}

function load(
  keys: ChatKeys,
  transaction: Parameters<typeof ChatSealing.load>[1],
  chatId: ChatId,
  key: DataKey,
  rows: readonly Pick<SealedRow, 'sealed'>[],
): Promise<ChatSealing> {
  return ChatSealing.load(keys, transaction, chatId, [
    key.id,
    ...rows.map(({ sealed }) => dataKeyIdOf(sealed)),
  ])
}
