/**
 * The widget's script, which hosts load from here: by a name that stays, and by one that is of its content, for pages that
 * pin it. Built by `npm run prepare` in packages/bell.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Writable } from 'node:stream'
import type { HttpRequest, HttpResponse } from '@veche/service-kit'

export class WidgetScript {
  readonly #bytes: Buffer
  readonly #etag: string
  /** Of its content. */
  readonly name: string

  /** Undefined where it has not been built. */
  static async read(): Promise<WidgetScript | undefined> {
    try {
      const file = createRequire(import.meta.url).resolve('@veche/bell/nichatka.js')
      return new WidgetScript(await readFile(file))
    } catch {
      return undefined
    }
  }

  constructor(bytes: Buffer) {
    const hash = createHash('sha256').update(bytes).digest('hex')
    this.#bytes = bytes
    this.#etag = `"${hash.slice(0, 32)}"`
    this.name = `nichatka.${hash.slice(0, 16)}.js`
  }

  /** @returns whether the path is the script's */
  serve(request: HttpRequest, response: HttpResponse): boolean {
    const path = request.url?.split('?', 1)[0]
    const isPinned = path === `/nichatka/${this.name}`
    if (!isPinned && path !== '/nichatka/nichatka.js') return false
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const age = isPinned ? 'max-age=31536000, immutable' : 'max-age=300'
    response.setHeader('content-type', 'text/javascript; charset=utf-8')
    response.setHeader('cache-control', `public, ${age}`)
    response.setHeader('etag', this.#etag)
    // Any page may load it: it is the same for all and holds no secret.
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('cross-origin-resource-policy', 'cross-origin')
    const isKnown = request.headers['if-none-match'] === this.#etag
    response.statusCode = isKnown ? 304 : 200
    if (!isKnown) response.setHeader('content-length', this.#bytes.length)
    const stream: Writable = response
    stream.end(isKnown || request.method === 'HEAD' ? undefined : this.#bytes)
    return true
  }
}
