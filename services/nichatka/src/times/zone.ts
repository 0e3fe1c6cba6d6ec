/** Days of a time zone. */

const dayMs = 86_400_000
const minuteMs = 60_000

const maxKept = 1_000

/** From its first instant to the first one after it. */
export interface Day {
  readonly startMs: number
  readonly endMs: number
}

export class Zone {
  readonly name: string
  readonly #days: Intl.DateTimeFormat
  /** By the days of UTC, each of which has parts of several. */
  readonly #kept = new Map<number, readonly Day[]>()

  /** @throws RangeError where there is no such zone */
  constructor(name: string) {
    this.name = name
    // The one locale that writes days as ISO 8601 does.
    this.#days = new Intl.DateTimeFormat('en-CA', {
      timeZone: name,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
  }

  /** `2026-11-21` */
  dayOf(ms: number): string {
    return this.#days.format(ms)
  }

  /** The first instant of a day, wherever the clocks were changed. Undefined where there is no such day. */
  startOf(day: string): number | undefined {
    const utcMs = /^(19[7-9]\d|20\d\d)-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
    if (Number.isNaN(utcMs) || new Date(utcMs).toISOString().slice(0, 10) !== day) return undefined
    // Zones are at most 14 hours from UTC.
    let before = utcMs - 15 * 60 * minuteMs
    let after = utcMs + 15 * 60 * minuteMs
    while (after - before > minuteMs) {
      const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs
      if (this.dayOf(middle) < day) before = middle
      else after = middle
    }
    return after
  }

  /** The first instant after a day. */
  endOf(day: string): number | undefined {
    const startMs = this.startOf(day)
    if (startMs === undefined) return undefined
    return this.startOf(new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10))
  }

  /** The day of an instant, the same object for all of a day while it is kept. Undefined where days are not known. */
  dayAround(ms: number): Day | undefined {
    const key = Math.floor(ms / dayMs)
    const kept = this.#kept.get(key) ?? []
    const known = kept.find(({ startMs, endMs }) => ms >= startMs && ms < endMs)
    if (known !== undefined) return known
    const day = this.dayOf(ms)
    const startMs = this.startOf(day)
    const endMs = this.endOf(day)
    if (startMs === undefined || endMs === undefined) return undefined
    const made = { startMs, endMs }
    this.#kept.set(key, [...kept, made])
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value!)
    return made
  }
}
