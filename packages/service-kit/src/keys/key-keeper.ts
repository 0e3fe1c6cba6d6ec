/**
 * Keeps what is stored under the keys it should be under, while the server works: looks every two seconds whether the
 * key file has changed or a rotation was asked for, brings wrapped keys under the current master key, and lets
 * services seal anew what is under data keys of an earlier rotation.
 *
 * What is left to do is read from the rows themselves, so that a crash at any point leaves nothing but work for the
 * next start. Several processes may do it at once; what fails is left as it is and tried again with the next look.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import { MasterKeyError } from './key-ring.ts'
import { adoptMasterKey, findOwnersToRotate, isNewestMasterKey, isWorkLeft } from './key-tables.ts'
import { rewrapAll } from './rewrap.ts'
import type { Sealing } from './sealing.ts'

/** How a service replaces the data keys of one purpose. */
export interface Resealer {
  readonly purpose: string
  /**
   * Gives the owner's data a key of the rotation that was asked for, seals anew what is under others, and forgets those.
   * In bounded steps, with `pause` between them. May be cut off at any point and begun again.
   */
  reseal(owner: Uint8Array, pause: () => Promise<void>): Promise<void>
}

/** What one service has. */
export interface KeptKeys {
  readonly database: Database
  readonly resealers: readonly Resealer[]
  readonly log: Logger
}

const lookEveryMs = 2_000
/** After a look in which something failed. */
const tryAgainMs = 60_000
const ownersAtOnce = 100
const events = logEvents({
  master_key_taken_up: { rewrapped: 'number' },
  data_keys_replaced: { owners: 'number' },
  key_work_failed: { step: ['key_file', 'look', 'rewrap', 'reseal'], failed: 'number', error: 'error' },
})

export class KeyKeeper implements AsyncDisposable {
  readonly #sealing: Sealing
  readonly #services: readonly KeptKeys[]
  readonly #log: Logger
  readonly #stopped = new AbortController()
  #running: Promise<void> | undefined
  #failures = 0

  /** @param log of the program itself */
  constructor(sealing: Sealing, services: readonly KeptKeys[], log: Logger) {
    this.#sealing = sealing
    this.#services = services
    this.#log = log
  }

  /** Begins; what is to be done is done from here on in the background. @throws MasterKeyError */
  async start(): Promise<void> {
    for (const { database } of this.#services) {
      if (await adoptMasterKey(database, this.#sealing.currentMasterKey)) continue
      throw new MasterKeyError('its first key was retired')
    }
    this.#running = this.#run()
  }

  /** Does all that there is to do now. */
  async look(): Promise<void> {
    this.#failures = 0
    await this.#sealing.refresh().catch((error: unknown) => this.#failed(this.#log, 'key_file', error))
    for (const service of this.#services) {
      if (!(await this.#isWorkLeft(service))) continue
      await this.#rewrap(service).catch((error: unknown) => this.#failed(service.log, 'rewrap', error))
      for (const resealer of service.resealers) {
        await this.#reseal(service, resealer).catch((error: unknown) =>
          this.#failed(service.log, 'reseal', error),
        )
      }
    }
  }

  /** Resolves once nothing is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await this.look()
      const waitMs = this.#failures === 0 ? lookEveryMs : tryAgainMs
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => {}) // stopped
    }
  }

  async #isWorkLeft({ database, resealers, log }: KeptKeys): Promise<boolean> {
    const purposes = resealers.map(({ purpose }) => purpose)
    try {
      return await isWorkLeft(database, this.#sealing.currentMasterKey, purposes)
    } catch (error) {
      this.#failed(log, 'look', error)
      return false
    }
  }

  async #rewrap({ database, log }: KeptKeys): Promise<void> {
    const { rewrapped, failed, error } = await rewrapAll(database, this.#sealing, this.#stopped.signal)
    if (rewrapped > 0) log.info(events.master_key_taken_up, { rewrapped })
    if (failed > 0) this.#failed(log, 'rewrap', error, failed)
  }

  async #reseal({ database, log }: KeptKeys, resealer: Resealer): Promise<void> {
    // A new data key belongs under the newest master key; a process that does not have it yet leaves this to others.
    if (!(await isNewestMasterKey(database, this.#sealing.currentMasterKey))) return
    let owners = 0
    let last: Uint8Array | undefined = new Uint8Array()
    while (last !== undefined) {
      const batch: readonly Buffer[] = await findOwnersToRotate(
        database,
        resealer.purpose,
        last,
        ownersAtOnce,
      )
      for (const owner of batch) if (await this.#resealOne(log, resealer, owner)) owners++
      last = this.#stopped.signal.aborted ? undefined : batch.at(-1)
    }
    if (owners > 0) log.info(events.data_keys_replaced, { owners })
  }

  async #resealOne(log: Logger, resealer: Resealer, owner: Uint8Array): Promise<boolean> {
    const { signal } = this.#stopped
    if (signal.aborted) return false
    let startedMs = performance.now()
    const pause = async () => {
      await sleep(performance.now() - startedMs, undefined, { signal }) // half of the time is the others'
      startedMs = performance.now()
    }
    try {
      await resealer.reseal(owner, pause)
      return true
    } catch (error) {
      if (!signal.aborted) this.#failed(log, 'reseal', error)
      return false
    }
  }

  #failed(log: Logger, step: 'key_file' | 'look' | 'rewrap' | 'reseal', error: unknown, failed = 1): void {
    this.#failures += failed
    log.warn(events.key_work_failed, { step, failed, error })
  }
}
