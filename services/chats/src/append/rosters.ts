/**
 * The rosters of chats in use, and who may not write, remembered by epoch: only a commit changes who is in a chat and
 * what their rights are, and each begins an epoch. The append transaction reads the present epoch under the lock of the chat's row, so a roster that another
 * process has changed meanwhile is never trusted.
 */
import type { AccountId, ChatId } from '@veche/protocol'
import { ChatType } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Queryable } from '@veche/service-kit'
import { readStates } from '../database/groups.ts'
import { type HeadRow, readArrivalEpochs, readRosters } from '../database/log.ts'
import { silentIn } from '../groups/silent.ts'
import type { LogHead } from './place-entry.ts'

const MAX_REMEMBERED = 10_000

/** What an epoch says of a chat. */
type Epoch = Pick<LogHead, 'roster' | 'arrivalEpoch' | 'silent'>
type Remembered = Epoch & Pick<LogHead, 'epoch'>
const NOBODY: ReadonlySet<AccountId> = new Set()

export class Rosters {
  /** In order of last use. */
  readonly #remembered = new Map<ChatId, Remembered>()

  /** The rosters of locked chats. */
  async ofLocked(transaction: Queryable, heads: readonly HeadRow[]): Promise<Map<ChatId, Epoch>> {
    const known = (head: HeadRow) => this.#remembered.get(head.chatId)?.epoch === head.epoch
    const unknown = heads.filter((head) => !known(head))
    const read = unknown.length === 0 ? new Map<ChatId, Epoch>() : await readEpochs(transaction, unknown)
    return new Map(heads.map(({ chatId }) => [chatId, read.get(chatId) ?? this.#remembered.get(chatId)!]))
  }

  /** Only what is committed: a transaction that was rolled back may leave nothing here. */
  remember({ chatId, epoch, roster, arrivalEpoch, silent }: LogHead): void {
    this.#remembered.delete(chatId)
    this.#remembered.set(chatId, { epoch, roster, arrivalEpoch, silent })
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!)
  }
}

async function readEpochs(transaction: Queryable, heads: readonly HeadRow[]): Promise<Map<ChatId, Epoch>> {
  const chatIds = heads.map(({ chatId }) => chatId)
  const rosters = await readRosters(transaction, chatIds)
  const arrivals = await readArrivalEpochs(transaction, chatIds)
  const groups = heads.filter(({ type }) => type === ChatType.GROUP).map(({ chatId }) => chatId)
  const states = groups.length === 0 ? new Map() : await readStates(transaction, groups)
  return new Map(
    heads.map(({ chatId }) => {
      const state = states.get(chatId)
      const roster = rosters.get(chatId)!
      const arrivalEpoch = arrivals.get(chatId) ?? 0n
      return [chatId, { roster, arrivalEpoch, silent: state ? silentIn(state, roster) : NOBODY }]
    }),
  )
}
