/**
 * Whether the disk of the database has room for more. PostgreSQL that runs out of space for its log stops as a whole;
 * so what would make the database larger is refused while a reserve is left, with which it works on: reading, signing
 * in, acknowledging and removing go on.
 */
import { statfs } from 'node:fs/promises'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'

const MIB = 1024 * 1024
/** Four segments of PostgreSQL's log. */
const RESERVE_MIB = 64
const LOOK_EVERY_MS = 1000

const events = logEvents({
  disk_nearly_full: { freeMib: 'number', reserveMib: 'number' },
  disk_has_space: { freeMib: 'number' },
})

export class FreeSpace implements Disposable {
  readonly #folder: string
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout
  #isLow = false

  /** Looks now, and then every second. */
  static async watch(folder: string, log: Logger): Promise<FreeSpace> {
    const space = new FreeSpace(folder, log)
    await space.#look()
    return space
  }

  private constructor(folder: string, log: Logger) {
    this.#folder = folder
    this.#log = log
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref()
  }

  get isLow(): boolean {
    return this.#isLow
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    const freeMib = await freeMibOf(this.#folder)
    if (freeMib === undefined) return
    const isLow = freeMib < RESERVE_MIB
    if (isLow && !this.#isLow) this.#log.error(events.disk_nearly_full, { freeMib, reserveMib: RESERVE_MIB })
    if (!isLow && this.#isLow) this.#log.warn(events.disk_has_space, { freeMib })
    this.#isLow = isLow
  }
}

/** For an ordinary user; undefined where the file system does not tell. */
async function freeMibOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return Math.floor((bavail * bsize) / MIB)
  } catch {
    return undefined
  }
}
