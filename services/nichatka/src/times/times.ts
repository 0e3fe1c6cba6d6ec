/**
 * How times are shown in one language and one zone: today and yesterday by name, all else by date. Making a format costs
 * more than showing a page of messages, so that they are kept.
 */
import { RecentlyUsed } from '../recently-used.ts'
import { type Lang, wordsOf } from '../words/words.ts'
import { WrittenTimes } from './written-times.ts'
import { Zone } from './zone.ts'

export interface ShownTime {
  /** «сегодня, 14:05» */
  readonly text: string
  /** To the second, with the day of the week and the zone. */
  readonly exact: string
  /** ISO 8601. */
  readonly iso: string
}

const dayMs = 86_400_000
const maxKept = 100
const maxShown = 500

export class Times {
  readonly zone: Zone
  readonly #today: string
  readonly #yesterday: string
  readonly #clock: WrittenTimes
  readonly #date: WrittenTimes
  readonly #dateWithYear: WrittenTimes
  readonly #exact: WrittenTimes
  #days: Days
  /** The same messages are shown again and again, most of them until the day ends. */
  readonly #shown = new Map<number, { readonly days: Days; readonly time: ShownTime }>()

  constructor(lang: Lang, zone: Zone) {
    const locale = lang === 'en' ? 'en-GB' : lang
    const written = (clock: '14:05' | '14:05:09', options: Intl.DateTimeFormatOptions) =>
      new WrittenTimes(zone, clock, new Intl.DateTimeFormat(locale, { timeZone: zone.name, ...options }))
    this.zone = zone
    this.#today = wordsOf[lang].today
    this.#yesterday = wordsOf[lang].yesterday
    this.#clock = written('14:05', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    this.#date = written('14:05', {
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    this.#dateWithYear = written('14:05', { dateStyle: 'long', timeStyle: 'short' })
    this.#exact = written('14:05:09', { dateStyle: 'full', timeStyle: 'long' })
    this.#days = { yesterdayMs: 0, todayMs: 0, tomorrowMs: 0, yearMs: 0 }
  }

  show(ms: number, nowMs: number): ShownTime {
    const days = this.#daysAt(nowMs)
    const known = this.#shown.get(ms)
    if (known?.days === days) return known.time
    const time = this.#format(ms, days)
    this.#shown.set(ms, { days, time })
    if (this.#shown.size > maxShown) this.#shown.delete(this.#shown.keys().next().value!)
    return time
  }

  #format(ms: number, { yesterdayMs, todayMs, tomorrowMs, yearMs }: Days): ShownTime {
    const iso = new Date(ms).toISOString()
    const exact = this.#exact.write(ms)
    if (ms >= todayMs && ms < tomorrowMs)
      return { text: `${this.#today}, ${this.#clock.write(ms)}`, exact, iso }
    if (ms >= yesterdayMs && ms < todayMs) {
      return { text: `${this.#yesterday}, ${this.#clock.write(ms)}`, exact, iso }
    }
    return { text: (ms >= yearMs ? this.#date : this.#dateWithYear).write(ms), exact, iso }
  }

  /** The same until the day ends. */
  #daysAt(nowMs: number): Days {
    if (nowMs >= this.#days.todayMs && nowMs < this.#days.tomorrowMs) return this.#days
    const today = this.zone.dayOf(nowMs)
    const todayMs = this.zone.startOf(today) ?? nowMs
    this.#days = {
      todayMs,
      tomorrowMs: this.zone.endOf(today) ?? nowMs + 1,
      yesterdayMs: this.zone.startOf(this.zone.dayOf(todayMs - dayMs / 2)) ?? todayMs,
      yearMs: this.zone.startOf(`${today.slice(0, 4)}-01-01`) ?? todayMs,
    }
    return this.#days
  }
}

interface Days {
  readonly yesterdayMs: number
  readonly todayMs: number
  readonly tomorrowMs: number
  readonly yearMs: number
}

/** Those in use. */
export class KeptTimes {
  readonly #kept = new RecentlyUsed<string, Times>(maxKept)

  /** Undefined where there is no zone of that name. */
  find(lang: Lang, zoneName: string): Times | undefined {
    const key = `${lang} ${zoneName}`
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const times = openTimes(lang, zoneName)
    if (times !== undefined) this.#kept.set(key, times)
    return times
  }
}

function openTimes(lang: Lang, zoneName: string): Times | undefined {
  // IANA names alone: not `+03:00`, of which there would be thousands.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zoneName)) return undefined
  try {
    return new Times(lang, new Zone(zoneName))
  } catch {
    return undefined // Intl knows no such zone
  }
}
