/**
 * The journal of history keys and its one writer. It holds nothing that sending rests on: where it is damaged it begins
 * anew, and says that keys are missing.
 */
import { type Files, Journal, type ProfileKey } from '@veche/history'
import { type ChatId, DecodeError, encodeMessage } from '@veche/protocol'
import type { HistoryKey } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import { HistoryKeysRecordSchema } from '@veche/protocol/gen/local/v1/history_keys_pb.js'
import { JournaledValue } from './journaled-value.ts'
import {
  applyHistoryKeys,
  encodeHistoryKeys,
  type HistoryKeysChange,
  type LocalHistoryKeys,
  NO_HISTORY_KEYS,
  openedKeys,
  openedOf,
  replayHistoryKeys,
  toHistoryKeysRecord,
} from './local-history-keys.ts'
import type { OnStep } from './steps.ts'

const NAME = 'history-keys'
const FORM = { name: 'history keys', maxRecords: 200, encode: encodeHistoryKeys }

export class HistoryKeyStore {
  readonly #journaled: JournaledValue<LocalHistoryKeys>

  static async open(files: Files, profileKey: ProfileKey, onStep: OnStep): Promise<HistoryKeyStore> {
    try {
      const journal = await Journal.open(files, NAME, profileKey)
      if (journal.repaired?.kind !== 'damaged')
        return new HistoryKeyStore(journal, replayHistoryKeys(journal.snapshot, journal.records), onStep)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
    }
    await Journal.remove(files, NAME)
    const anew = new HistoryKeyStore(await Journal.open(files, NAME, profileKey), NO_HISTORY_KEYS, onStep)
    await anew.store({ case: 'secretNeeded', value: true })
    return anew
  }

  /** For good: the account has left this device. */
  static remove(files: Files): Promise<void> {
    return Journal.remove(files, NAME)
  }

  private constructor(journal: Journal, keys: LocalHistoryKeys, onStep: OnStep) {
    this.#journaled = new JournaledValue(journal, keys, FORM, onStep)
  }

  get state(): LocalHistoryKeys {
    return this.#journaled.value
  }

  /** Those that were opened of an epoch: one of them fits. */
  of(chatId: ChatId, epoch: bigint): Uint8Array[] {
    return openedKeys(this.state, chatId, epoch)
  }

  /** All that were opened, or came with a link, of a chat. */
  allOf(chatId: ChatId): HistoryKey[] {
    return openedOf(this.state, chatId)
  }

  /** Durable when it resolves. */
  store(change: HistoryKeysChange): Promise<void> {
    return this.#journaled.store((keys) => {
      const record = toHistoryKeysRecord(change)
      return { next: applyHistoryKeys(keys, record), record: encodeMessage(HistoryKeysRecordSchema, record) }
    })
  }
}
