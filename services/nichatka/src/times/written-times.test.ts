import { expect, test } from 'vitest'
import { WrittenTimes } from './written-times.ts'
import { Zone } from './zone.ts'

const zones = [
  'UTC',
  'Europe/Moscow',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
]
const formats = [
  ['14:05:09', { dateStyle: 'full', timeStyle: 'long' }],
  ['14:05', { dateStyle: 'long', timeStyle: 'short' }],
  ['14:05', { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }],
  ['14:05', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }],
] as const
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

test(`N10 times are written as Intl writes them, on any day of any zone (SEED=${seed})`, () => {
  for (const timeZone of zones) {
    for (const locale of ['ru', 'en-GB']) {
      const zone = new Zone(timeZone)
      for (const [clock, options] of formats) {
        const format = new Intl.DateTimeFormat(locale, { timeZone, ...options })
        const written = new WrittenTimes(zone, clock, format)
        for (let round = 0; round < 60; round++) {
          const ms = Date.UTC(1995 + random(60), random(12), random(31), random(24), random(60), random(60))
          // More than one of the same day.
          for (const near of [ms, ms + random(86_400_000), ms - random(86_400_000)]) {
            expect([timeZone, near, written.write(near)]).toEqual([timeZone, near, format.format(near)])
          }
        }
      }
    }
  }
})

let state = seed
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
