/**
 * The rosters of chats in use, remembered by epoch: only a commit changes who is in a chat, and each begins an
 * epoch. The append transaction reads the present epoch under the lock of the chat's row, so a roster that another
 * process has changed meanwhile is never trusted.
 */
import type { ChatId } from '@veche/protocol'
import type { Queryable } from '@veche/service-kit'
import { type HeadRow, readRosters } from '../database/log.ts'
import type { LogHead } from './place-entry.ts'
import type { Roster } from './roster.ts'

const MAX_REMEMBERED = 10_000

interface Remembered {
  readonly epoch: bigint
  readonly roster: Roster
}

export class Rosters {
  /** In order of last use. */
  readonly #remembered = new Map<ChatId, Remembered>()

  /** The rosters of locked chats. */
  async ofLocked(transaction: Queryable, heads: readonly HeadRow[]): Promise<Map<ChatId, Roster>> {
    const known = (head: HeadRow) => this.#remembered.get(head.chatId)?.epoch === head.epoch
    const unknown = heads.filter((head) => !known(head))
    const read =
      unknown.length === 0
        ? new Map<ChatId, Roster>()
        : await readRosters(
            transaction,
            unknown.map(({ chatId }) => chatId),
          )
    return new Map(
      heads.map(({ chatId }) => [chatId, read.get(chatId) ?? this.#remembered.get(chatId)!.roster]),
    )
  }

  /** Only what is committed: a transaction that was rolled back may leave nothing here. */
  remember({ chatId, epoch, roster }: LogHead): void {
    this.#remembered.delete(chatId)
    this.#remembered.set(chatId, { epoch, roster })
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!)
  }
}
