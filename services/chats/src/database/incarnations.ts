/** Chats that are begun anew. */
import { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'

export interface Acknowledged {
  readonly device: DeviceNumber
  readonly acknowledged: bigint
}

/**
 * Closes the group of a locked chat: nobody is in the chat's tree, and the log goes on after `head`, which may leave positions
 * out; its hashes go on without a gap. Wishes were signed for the group that is closed.
 * @returns how far each device had come that was in it
 */
export async function beginIncarnation(
  transaction: Queryable,
  chatId: ChatId,
  { incarnation, head, epoch }: { incarnation: number; head: bigint; epoch: bigint },
): Promise<readonly Acknowledged[]> {
  const chat = ChatId.toBytes(chatId)
  const { rows } = await transaction.query<Acknowledged>(
    `UPDATE chat_devices SET until = head FROM chats
     WHERE chat_devices.chat_id = $1 AND chats.chat_id = $1 AND until IS NULL
     RETURNING device, acknowledged`,
    [chat],
  )
  await transaction.query('UPDATE chats SET incarnation = $2, head = $3, epoch = $4 WHERE chat_id = $1', [
    chat,
    incarnation,
    head,
    epoch,
  ])
  await transaction.query('DELETE FROM replacements WHERE chat_id = $1', [chat])
  await transaction.query('DELETE FROM leave_requests WHERE chat_id = $1', [chat])
  return rows
}

/** What a device had not yet had is not removed (M22) for its having come into a new group. */
export async function keepAcknowledged(
  transaction: Queryable,
  chatId: ChatId,
  before: readonly Acknowledged[],
): Promise<void> {
  await transaction.query(
    `UPDATE chat_devices SET acknowledged = least(chat_devices.acknowledged, b.acknowledged)
     FROM unnest($2::bigint[], $3::bigint[]) AS b (device, acknowledged)
     WHERE chat_id = $1 AND chat_devices.device = b.device`,
    [
      ChatId.toBytes(chatId),
      before.map(({ device }) => device),
      before.map(({ acknowledged }) => acknowledged),
    ],
  )
}
