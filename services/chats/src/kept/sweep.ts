/**
 * The sweep: removes what is not to be kept once every device has it (M22), and the history keys of links that have expired
 * (M13). Each minute, and at once after a chat is kept no more.
 *
 * Invariants
 * - What is looked at may be old by the time it is acted on, and that is safe: acknowledgements only grow, and a
 *   device that comes in acknowledges from its own Welcome on, so what was removable stays so.
 * - A batch is one transaction, and whoever dies between two finds the rest again. It need not be synced: WAL keeps
 *   the acknowledgement before the removal that rests on it.
 * - The work of one round is bounded; what is left follows at once in the next, so that appends come between.
 *
 * Rows that were rewritten leave their old bytes in the table until VACUUM: it is run at most each hour.
 */
import {
  type Clock,
  type Database,
  type DedicatedConnection,
  type Logger,
  logEvents,
} from '@veche/service-kit'
import { deleteExpiredHistory } from '../database/invite-history.ts'
import { findRemovable, removeEntries } from '../database/kept.ts'
import { SWEEP_BATCH_CHATS, SWEEP_BATCH_ENTRIES, SWEEP_MS, VACUUM_MS } from '../limits.ts'

export interface SweepOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
}

const events = logEvents({ sweep_failed: { error: 'error' }, entries_removed: { entries: 'number' } })

export class Sweep {
  readonly #options: SweepOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #isStopped = false
  #vacuuming: DedicatedConnection | undefined
  /** Removed since the last VACUUM. */
  #isDirty = false
  #vacuumedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: SweepOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.run(), SWEEP_MS)
    this.#timer.unref()
  }

  /** Removes everything that can be removed now. Failures are logged, and made good the next time. */
  run(): Promise<void> {
    this.#again = true
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined
      if (this.#again && !this.#isStopped) void this.run() // asked for during the VACUUM
    })
    return this.#running
  }

  /** Resolves when nothing is under way; nothing begins afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await this.#vacuuming?.[Symbol.asyncDispose]() // it may take long, and is done again
    await this.#running
  }

  async #runAll(): Promise<void> {
    try {
      while (this.#again && !this.#isStopped) {
        this.#again = false
        await deleteExpiredHistory(this.#options.database, this.#options.clock.nowMs())
        await this.#removeAll()
      }
      await this.#vacuum()
    } catch (error) {
      if (!this.#isStopped) this.#options.log.warn(events.sweep_failed, { error })
    }
  }

  async #removeAll(): Promise<void> {
    const { database, log } = this.#options
    for (;;) {
      const removable = await findRemovable(database, SWEEP_BATCH_CHATS)
      let entries = 0
      for (const { chatId, swept, until } of removable) {
        if (this.#isStopped) return
        const most = swept + SWEEP_BATCH_ENTRIES
        entries += await database.transaction(async (transaction) => {
          await transaction.query('SET LOCAL synchronous_commit = off')
          return removeEntries(transaction, { chatId, swept, until: until < most ? until : most })
        })
      }
      if (removable.length === 0) return
      this.#isDirty = true
      log.debug(events.entries_removed, { entries })
    }
  }

  async #vacuum(): Promise<void> {
    const { database, clock } = this.#options
    if (!this.#isDirty || this.#isStopped || clock.nowMs() < this.#vacuumedAtMs + VACUUM_MS) return
    await using connection = await database.connect()
    if (this.#isStopped) return
    this.#vacuuming = connection
    try {
      await connection.query('SET statement_timeout = 0') // a large table takes its time
      await connection.query('VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) entries')
    } finally {
      this.#vacuuming = undefined
    }
    this.#isDirty = false
    this.#vacuumedAtMs = clock.nowMs()
  }
}
