/**
 * Puts the history keys of this device's epochs, and those that came with links, into the account's backup, for devices that
 * come later: of chats that the
 * server keeps, and of no others (M15, M22). At most once a minute, and once more where a session ends. A batch is stored
 * before it is sent, and a retry sends the same bytes.
 */
import { create } from '@bufbuild/protobuf'
import type { Device } from '@veche/mls'
import { type AccountId, ChatId, Turns } from '@veche/protocol'
import { type HistoryKey, HistoryKeySchema } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import { type Backup, BackupSchema } from '@veche/protocol/gen/local/v1/history_keys_pb.js'
import type { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import type { HistoryKeyStore } from './history-key-store.ts'
import type { LocalChat } from './local-chat.ts'
import { toBackedUp } from './local-history-keys.ts'
import { MAX_KEYS, sealHistoryKeys } from './sealed-history-keys.ts'
import type { AccountsClient } from './server.ts'
import type { OnStep } from './steps.ts'

export interface HistoryBackupOptions {
  readonly server: { readonly accounts: Pick<AccountsClient, 'addHistoryKeys'> }
  readonly historyKeys: HistoryKeyStore
  readonly chats: Iterable<Chat>
  readonly device: Device
  readonly identity: { readonly accountId: AccountId }
  /** 32 bytes, X25519. */
  readonly backupKey: Uint8Array
  readonly onStep: OnStep
}

/** Calls `act` after a while, unless the session has ended. */
export type Later = (delayMs: number, act: () => void) => void

const EVERY_MS = 60_000
const FINAL_REASONS: ReadonlySet<string> = new Set(['backup_invalid', 'backup_full'])

export class HistoryBackup {
  readonly #options: HistoryBackupOptions
  readonly #turns = new Turns()
  #isScheduled = false
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(options: HistoryBackupOptions) {
    this.#options = options
  }

  /** There may be new epochs. @param onFailure what the disk threw */
  schedule(later: Later, onFailure: (error: unknown) => void): void {
    if (this.#isScheduled || !this.#isDue) return
    this.#isScheduled = true
    const delayMs = Math.max(0, this.#lastMs + EVERY_MS - performance.now())
    later(delayMs, () => {
      this.#isScheduled = false
      this.flush().catch(onFailure)
    })
  }

  /** Nothing is scheduled any more: its session has ended. */
  unschedule(): void {
    this.#isScheduled = false
  }

  /** Puts all there that is not; what fails now is done the next time. @throws what the disk threw */
  flush({ timeoutMs = 20_000 } = {}): Promise<void> {
    return this.#turns.take(async () => {
      if (!this.#isDue) return
      this.#lastMs = performance.now()
      try {
        while (this.#isDue) await this.#sendNext(timeoutMs)
      } catch (error) {
        if (!(error instanceof UnreachableError || error instanceof RefusedError)) throw error
      }
    })
  }

  get #isDue(): boolean {
    return this.#options.historyKeys.state.pending !== undefined || this.#missing().length > 0
  }

  async #sendNext(timeoutMs: number): Promise<void> {
    const { server, historyKeys, onStep } = this.#options
    const pending = historyKeys.state.pending ?? (await this.#prepare())
    onStep('backup: send')
    try {
      await server.accounts.addHistoryKeys({ sealed: pending.sealed }, { timeoutMs })
    } catch (error) {
      if (!(error instanceof RefusedError) || !FINAL_REASONS.has(error.reason)) throw error
    }
    onStep('backup: sent')
    await historyKeys.store({ case: 'pendingEnded', value: {} })
  }

  async #prepare(): Promise<Backup> {
    const { historyKeys, device, identity, backupKey } = this.#options
    const some = this.#missing().slice(0, MAX_KEYS)
    const keys = some.map(({ key }) => key)
    const sealed = await sealHistoryKeys(device, { ...identity, backupKey }, keys)
    // Of one chat the last counts.
    const own = some.filter(({ isGiven }) => !isGiven)
    const backedUp = own.map(({ chatId, key }) => toBackedUp(chatId, key.epoch))
    const given = some.flatMap(({ isGiven, key }) => (isGiven ? [key] : []))
    const pending = create(BackupSchema, { sealed, backedUp, given })
    await historyKeys.store({ case: 'pending', value: pending })
    return pending
  }

  /** By ascending epoch in each chat; then those that came with links. */
  #missing(): MissingKey[] {
    const { backedUp, given } = this.#options.historyKeys.state
    const kept = [...this.#options.chats].map(({ state }) => state).filter(isKept)
    const own = kept.flatMap((state) => {
      const until = backedUp.get(state.chatId) ?? -1n
      return keysOf(state).filter(({ key }) => key.epoch > until)
    })
    if (given.length === 0) return own
    const chats = new Set(kept.map(({ chatId }) => chatId))
    const others = given.map((key) => ({ chatId: ChatId.fromBytes(key.chatId), key, isGiven: true }))
    return [...own, ...others.filter(({ chatId }) => chats.has(chatId))]
  }
}

interface MissingKey {
  readonly chatId: ChatId
  readonly key: HistoryKey
  /** It came with a link. */
  readonly isGiven: boolean
}

function isKept({ keeping: { server, peerServer } }: LocalChat): boolean {
  return server && peerServer
}

function keysOf({ chatId, epochs }: LocalChat) {
  return epochs.map(({ epoch, historyKey }) => ({
    chatId,
    key: create(HistoryKeySchema, { chatId: ChatId.toBytes(chatId), epoch, key: historyKey }),
    isGiven: false,
  }))
}
