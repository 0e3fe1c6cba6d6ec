/** Days of a time zone. */

const dayMs = 86_400_000
const minuteMs = 60_000

export class Zone {
  readonly name: string
  readonly #days: Intl.DateTimeFormat

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
}
