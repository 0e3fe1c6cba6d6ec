import { expect, test } from 'vitest'
import { KeptTimes } from './times.ts'
import { Zone } from './zone.ts'

const nowMs = Date.parse('2026-11-21T11:05:30Z')
const kept = new KeptTimes()
const shown = (lang: 'ru' | 'en', zone: string, iso: string) =>
  kept.find(lang, zone)!.show(Date.parse(iso), nowMs).text

test('N10 today and yesterday have their names, in the zone of the reader', () => {
  expect(shown('ru', 'Europe/Moscow', '2026-11-21T11:05:00Z')).toBe('сегодня, 14:05')
  expect(shown('ru', 'Europe/Moscow', '2026-11-20T21:00:00Z')).toBe('сегодня, 00:00')
  expect(shown('ru', 'Europe/Moscow', '2026-11-20T20:59:59Z')).toBe('вчера, 23:59')
  expect(shown('ru', 'Europe/Moscow', '2026-11-19T20:59:59Z')).toBe('19 ноября в 23:59')
  expect(shown('ru', 'Europe/Moscow', '2025-12-31T20:59:59Z')).toMatch(/^31 декабря 2025.г\. в 23:59$/)
  expect(shown('en', 'Pacific/Kiritimati', '2026-11-21T11:05:00Z')).toBe('today, 01:05')
  expect(shown('en', 'America/New_York', '2026-11-20T11:05:00Z')).toBe('yesterday, 06:05')
  expect(shown('en', 'UTC', '2026-01-02T11:05:00Z')).toMatch(/^2 January at 11:05$/)
})

test('N10 the exact time has its day of the week, its second and its zone', () => {
  const time = kept.find('ru', 'Europe/Moscow')!.show(Date.parse('2026-11-21T11:05:09Z'), nowMs)
  expect(time.exact).toMatch(/^суббота, 21 ноября 2026.г\. в 14:05:09 GMT\+3$/)
  expect(time.iso).toBe('2026-11-21T11:05:09.000Z')
})

test('N10 the day changes while a format is kept', () => {
  const times = kept.find('ru', 'Asia/Yekaterinburg')!
  const ms = Date.parse('2026-11-21T18:59:00Z')
  expect(times.show(ms, Date.parse('2026-11-21T18:59:59Z')).text).toBe('сегодня, 23:59')
  expect(times.show(ms, Date.parse('2026-11-21T19:00:00Z')).text).toBe('вчера, 23:59')
  expect(times.show(ms, Date.parse('2026-11-21T18:59:59Z')).text).toBe('сегодня, 23:59')
})

test('N16 a day begins where its clocks say so, also where midnight is left out', () => {
  const begins = (zone: string, day: string) => new Date(new Zone(zone).startOf(day)!).toISOString()
  expect(begins('Europe/Moscow', '2026-11-21')).toBe('2026-11-20T21:00:00.000Z')
  expect(begins('Pacific/Kiritimati', '2026-11-21')).toBe('2026-11-20T10:00:00.000Z')
  expect(begins('Pacific/Pago_Pago', '2026-11-21')).toBe('2026-11-21T11:00:00.000Z')
  expect(begins('Asia/Kathmandu', '2026-11-21')).toBe('2026-11-20T18:15:00.000Z')
  expect(begins('Africa/Cairo', '2025-04-25')).toBe('2025-04-24T22:00:00.000Z') // 00:00 became 01:00
  expect(begins('America/New_York', '2026-11-01')).toBe('2026-11-01T04:00:00.000Z')
  expect(new Zone('America/New_York').endOf('2026-11-01')).toBe(Date.parse('2026-11-02T05:00:00Z')) // 25 hours
  expect(new Zone('UTC').endOf('2024-02-28')).toBe(Date.parse('2024-02-29T00:00:00Z'))
})

test('N16 what is no day has no beginning, and what is no zone is none', () => {
  const zone = new Zone('UTC')
  const days = [
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '26-01-01',
    '1969-12-31',
    '9999-01-01',
    '2026-01-01T00',
    '',
    'x',
  ]
  expect(days.filter((day) => zone.startOf(day) !== undefined)).toEqual([])
  for (const name of ['Mars/Olympus', '+03:00', '', 'UTC\u0000', '../UTC', 'x'.repeat(10_000)]) {
    expect(kept.find('ru', name), name).toBeUndefined()
  }
})
