/**
 * Times as a format of Intl writes them, faster than it does: those of one day differ by their clock alone, so that one of them
 * tells how the others are written. A day on which clocks are changed is left to Intl.
 */
import type { Day, Zone } from './zone.ts'

const dayMs = 86_400_000

/** What stands before and after the clock. */
type Around = readonly [before: string, after: string]

export class WrittenTimes {
  readonly #zone: Zone
  readonly #format: Intl.DateTimeFormat
  readonly #clockLength: number
  readonly #arounds = new WeakMap<Day, Around>()

  /** @param clock as the format writes it: `14:05` or `14:05:09` */
  constructor(zone: Zone, clock: '14:05' | '14:05:09', format: Intl.DateTimeFormat) {
    this.#zone = zone
    this.#format = format
    this.#clockLength = clock.length
  }

  write(ms: number): string {
    const day = this.#zone.dayAround(ms)
    if (day === undefined || day.endMs - day.startMs !== dayMs) return this.#format.format(ms)
    const clock = clockAt(ms - day.startMs).slice(0, this.#clockLength)
    const [before, after] = this.#arounds.get(day) ?? this.#split(day, ms, clock)
    return before + clock + after
  }

  #split(day: Day, ms: number, clock: string): Around {
    const text = this.#format.format(ms)
    const at = text.indexOf(clock)
    if (at < 0) throw new RangeError('a format without its clock')
    const around: Around = [text.slice(0, at), text.slice(at + clock.length)]
    this.#arounds.set(day, around)
    return around
  }
}

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

function clockAt(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  return `${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}`
}
