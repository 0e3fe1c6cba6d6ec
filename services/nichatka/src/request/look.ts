/** In which language, zone and encoding a request wants its answer. */
import type { HttpRequest } from '@veche/service-kit'
import type { Encoding } from '../answer/encode.ts'
import { wrong } from '../refusal.ts'
import type { KeptTimes, Times } from '../times/times.ts'
import { type Lang, preferredLang } from '../words/words.ts'
import type { Fields } from './fields.ts'

export interface Look extends Encoding {
  readonly lang: Lang
}

/** As far as it can be told, to refuse in: whatever is wrong is passed over. */
export function likelyLook({ headers }: HttpRequest, fields: Fields): Look {
  const lang = fields.peek('lang')
  return {
    lang: lang === 'ru' || lang === 'en' ? lang : preferredLang(headers['accept-language']),
    charset: fields.peek('charset') === 'utf-8' ? 'utf-8' : 'utf-16',
    isGzipped: takesGzip(headers['accept-encoding']),
  }
}

/** Takes these fields. @throws Refusal where one is wrong */
export function ensureLook(fields: Fields): void {
  const lang = fields.one('lang')
  if (lang !== undefined && lang !== 'ru' && lang !== 'en') throw wrong('lang')
  const charset = fields.one('charset')
  if (charset !== undefined && charset !== 'utf-16' && charset !== 'utf-8') throw wrong('charset')
}

/** @throws Refusal where there is no such zone */
export function takeTimes(fields: Fields, kept: KeptTimes, lang: Lang): Times {
  const times = kept.find(lang, fields.one('tz') ?? 'UTC')
  if (times === undefined) throw wrong('tz')
  return times
}

/** RFC 9110 section 12.5.3: named, and not refused by `q=0`. */
export function takesGzip(header: string | readonly string[] | undefined): boolean {
  const ranges = String(header ?? '')
    .slice(0, 500)
    .toLowerCase()
    .split(',')
  return ranges.some((range) => {
    const [coding = '', quality = 'q=1'] = range.split(';').map((part) => part.trim())
    return (coding === 'gzip' || coding === '*') && !/^q=0(\.0*)?$/.test(quality)
  })
}
