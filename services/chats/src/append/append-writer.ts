/**
 * The append writer: the one place that adds entries to logs. It groups all that is appended at the same time, in
 * any chats, into one transaction on a connection of its own, and answers each caller after that transaction is
 * synced to disk, never before.
 *
 * Invariants
 * - A caller whose promise resolved as `stored` finds its entry after any crash.
 * - One refused entry never fails another. A transaction that fails as a whole is tried again chat by chat, so that
 *   the fault of one (a damaged row) stays its own; who fails still gets UNAVAILABLE. Whether something was committed
 *   may be unknown then, and a retry with the same message id finds out.
 * - `onStored` sees each new entry once, in each chat in the order of positions, before its caller is answered.
 */
import {
  Code,
  type Database,
  type DedicatedConnection,
  isLostConnection,
  isOutOfSpace,
  type Logger,
  logEvents,
  RpcError,
  serverFull,
} from '@veche/service-kit'
import { BatchLoop, QueueFullError } from '../batch-loop.ts'
import { MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, MAX_WAITING_BYTES, MAX_WAITING_ENTRIES } from '../limits.ts'
import { type Appended, appendEntries } from './append-entries.ts'
import type { ChatKeys } from './chat-keys.ts'
import { type AppendOutcome, entryBytes, type NewEntry } from './new-entry.ts'
import type { Rosters } from './rosters.ts'

export interface AppendWriterOptions {
  readonly database: Database
  readonly keys: ChatKeys
  readonly rosters: Rosters
  readonly nowMs: () => number
  readonly log: Logger
  /** Called with what each transaction has stored. Must not throw. */
  readonly onStored: (appended: Appended) => void
}

/** The entry could not be stored, and nobody knows whether it was. */
interface Failed {
  readonly kind: 'failed'
  readonly error: unknown
}

const RETRY_AFTER_MS = 1000
const events = logEvents({ append_failed: { entries: 'number', error: 'error' } })

export class AppendWriter {
  readonly #options: AppendWriterOptions
  readonly #loop: BatchLoop<NewEntry, AppendOutcome | Failed>
  #connection: DedicatedConnection | undefined

  constructor(options: AppendWriterOptions) {
    this.#options = options
    const limits = {
      maxWaiting: MAX_WAITING_ENTRIES,
      maxWaitingBytes: MAX_WAITING_BYTES,
      maxBatch: MAX_BATCH_ENTRIES,
      maxBatchBytes: MAX_BATCH_BYTES,
    }
    this.#loop = new BatchLoop(limits, (entries) => this.#storeBatch(entries))
  }

  /** @throws RpcError RESOURCE_EXHAUSTED too_busy, server_full; UNAVAILABLE unavailable: the same entry may be sent again. */
  async append(entry: NewEntry): Promise<AppendOutcome> {
    const outcome = await this.#submit(entry)
    if (outcome.kind !== 'failed') return outcome
    if (isOutOfSpace(outcome.error)) throw serverFull(outcome.error)
    throw new RpcError(Code.Unavailable, 'unavailable', {
      retryAfterMs: RETRY_AFTER_MS,
      cause: outcome.error,
    })
  }

  /** Waits for what was taken, then lets go of the connection. */
  async close(): Promise<void> {
    await this.#loop.settled()
    await this.#letGo()
  }

  async #submit(entry: NewEntry): Promise<AppendOutcome | Failed> {
    try {
      return await this.#loop.submit(entry, entryBytes(entry))
    } catch (cause) {
      if (!(cause instanceof QueueFullError)) throw cause
      throw new RpcError(Code.ResourceExhausted, 'too_busy', { retryAfterMs: RETRY_AFTER_MS, cause })
    }
  }

  async #storeBatch(entries: readonly NewEntry[]): Promise<readonly (AppendOutcome | Failed)[]> {
    const outcomes = await this.#tryToStore(entries)
    const byChat = Map.groupBy(entries, ({ chatId }) => chatId)
    const [failure] = outcomes
    if (failure?.kind !== 'failed' || byChat.size === 1 || isLostConnection(failure.error)) return outcomes
    const apart = new Map<NewEntry, AppendOutcome | Failed>()
    for (const own of byChat.values()) {
      const ownOutcomes = await this.#tryToStore(own)
      own.forEach((entry, index) => {
        apart.set(entry, ownOutcomes[index]!)
      })
    }
    return entries.map((entry) => apart.get(entry)!)
  }

  /** All or nothing: one failure is every entry's. */
  async #tryToStore(entries: readonly NewEntry[]): Promise<readonly (AppendOutcome | Failed)[]> {
    try {
      return await this.#store(entries)
    } catch (error) {
      this.#options.log.error(events.append_failed, { entries: entries.length, error })
      void this.#letGo() // whatever state it is in; a dead connection may take long to end
      return entries.map(() => ({ kind: 'failed', error }))
    }
  }

  async #store(entries: readonly NewEntry[]): Promise<readonly AppendOutcome[]> {
    const { keys, rosters, nowMs, onStored } = this.#options
    const connection = await this.#open()
    const appended = await connection.transaction((transaction) =>
      appendEntries(transaction, entries, { keys, rosters, nowMs: nowMs() }),
    )
    for (const head of appended.heads) rosters.remember(head)
    onStored(appended)
    return appended.outcomes
  }

  async #open(): Promise<DedicatedConnection> {
    if (this.#connection && !this.#connection.lost.aborted) return this.#connection
    const connection = await this.#options.database.connect()
    await connection.query('SET synchronous_commit = on') // the database's own default may be weaker
    // Its few statements are prepared while tables may be empty, and the plans stay: they must be those for full ones.
    await connection.query('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off')
    this.#connection = connection
    return connection
  }

  async #letGo(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    try {
      await connection?.[Symbol.asyncDispose]()
    } catch {
      // A lost connection is gone already.
    }
  }
}
