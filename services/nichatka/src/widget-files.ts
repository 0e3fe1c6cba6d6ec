/**
 * What a browser loads of the widget: the script, and the style sheet that the script asks for when the panel is first opened.
 * Each by a name that stays; the script also by one that is of its content, for pages that pin it. Built by `npm run prepare`
 * in packages/bell.
 */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { HttpRequest, HttpResponse } from '@veche/service-kit'
import { takesGzip } from './request/look.ts'

interface WidgetFile {
  readonly type: string
  readonly bytes: Buffer
  /** The same, compressed as far as it goes: once, for all. */
  readonly gzip: Buffer
  readonly etag: string
  readonly caching: string
}

export class WidgetFiles {
  /** By path. */
  readonly #files: ReadonlyMap<string, WidgetFile>

  /** Those that have been built. */
  static async read(): Promise<WidgetFiles> {
    const script = await readBuilt('nichatka.js')
    const style = await readBuilt('nichatka.css')
    return new WidgetFiles([
      ...(script ? namesOfScript(script) : []),
      ...(style ? [['nichatka.css', fileOf('text/css', style)] as const] : []),
    ])
  }

  private constructor(files: readonly (readonly [name: string, file: WidgetFile])[]) {
    this.#files = new Map(files.map(([name, file]) => [`/nichatka/${name}`, file]))
  }

  /** @returns whether the path is one of theirs */
  serve(request: HttpRequest, response: HttpResponse): boolean {
    const file = this.#files.get(request.url?.split('?', 1)[0] ?? '')
    if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false
    response.setHeader('content-type', `${file.type}; charset=utf-8`)
    response.setHeader('cache-control', `public, ${file.caching}`)
    response.setHeader('etag', file.etag)
    // Any page may load it: it is the same for all and holds no secret.
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('cross-origin-resource-policy', 'cross-origin')
    response.setHeader('vary', 'accept-encoding')
    const isKnown = request.headers['if-none-match'] === file.etag
    response.statusCode = isKnown ? 304 : 200
    if (!isKnown) this.#send(file, request, response)
    else response.end()
    return true
  }

  #send({ bytes, gzip }: WidgetFile, request: HttpRequest, response: HttpResponse): void {
    const isGzipped = takesGzip(request.headers['accept-encoding'])
    const body = isGzipped ? gzip : bytes
    if (isGzipped) response.setHeader('content-encoding', 'gzip')
    response.setHeader('content-length', body.length)
    const stream: Writable = response
    stream.end(request.method === 'HEAD' ? undefined : body)
  }
}

function namesOfScript(bytes: Buffer): (readonly [name: string, file: WidgetFile])[] {
  const script = fileOf('text/javascript', bytes)
  return [
    ['nichatka.js', script],
    [`nichatka.${digestOf(bytes).slice(0, 16)}.js`, { ...script, caching: 'max-age=31536000, immutable' }],
  ]
}

function fileOf(type: string, bytes: Buffer): WidgetFile {
  const gzip = gzipSync(bytes, { level: 9 })
  return { type, bytes, gzip, etag: `W/"${digestOf(bytes).slice(0, 32)}"`, caching: 'max-age=300' }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Undefined where it has not been built. */
async function readBuilt(name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(createRequire(import.meta.url).resolve(`@veche/bell/${name}`))
  } catch {
    return undefined
  }
}
