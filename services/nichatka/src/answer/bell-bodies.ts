/** The bodies of `GET /status`, by what they say: most are asked for again and again, by everybody. */
import { createHash } from 'node:crypto'
import type { Unread } from '../domain.ts'
import { bellFragment } from '../fragments/bell.ts'
import { RecentlyUsed } from '../recently-used.ts'
import { type Lang, wordsOf } from '../words/words.ts'
import { type Encoding, encode } from './encode.ts'

export interface Body {
  readonly bytes: Buffer
  /** Of these very bytes. */
  readonly etag: string
}

export interface BodyKind extends Encoding {
  readonly lang: Lang
}

const maxKept = 4_096

export class BellBodies {
  readonly #kept = new RecentlyUsed<string, Body>(maxKept)

  find(unread: Unread, kind: BodyKind): Body {
    const { ordinary, important, critical } = unread
    const key = `${ordinary} ${important} ${critical} ${kind.lang} ${kind.charset} ${kind.isGzipped}`
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const body = makeBody(unread, kind)
    this.#kept.set(key, body)
    return body
  }
}

function makeBody(unread: Unread, kind: BodyKind): Body {
  const bytes = encode(bellFragment(unread, wordsOf[kind.lang]), kind)
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  return { bytes, etag: `"${hash}"` }
}
