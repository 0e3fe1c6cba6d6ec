/**
 * The web app as apps/web/build.js has made it: what a release lists, held in memory, each file compressed long before. Files
 * below assets/ are named by their content and never change; the others are asked for anew each time, by their ETag.
 */
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { HttpRequest, HttpResponse } from '@veche/service-kit'
import { builtFolder, decodesTo, readIfThere, readWebFile, sha256, type WebFile } from './web-files.ts'

interface Release {
  readonly files: readonly { readonly path: string; readonly sha256: string }[]
}

/** What of a request matters for its answer. */
export interface WebRequest {
  /** Path and query. */
  readonly url?: string | undefined
  readonly method?: string | undefined
  readonly headers: { readonly [name: string]: string | string[] | undefined }
}

export interface WebAnswer {
  readonly status: number
  /** Beside those that the listener gives every answer. */
  readonly headers: Readonly<Record<string, string>>
  /** Empty where the browser has it already. */
  readonly body: Buffer
  /** What the body is when it is decoded. */
  readonly content: Buffer
}

export class WebApp {
  /** By path. */
  readonly #files: ReadonlyMap<string, WebFile>
  /** SHA-256 of release.json, 64 hexadecimal digits: the service worker names it, and people compare it. */
  readonly release: string
  /** By path. */
  readonly #listed: ReadonlyMap<string, string>

  /** @returns undefined where it has not been built: `npm run prepare` does */
  static async read(folder: string | undefined = builtFolder()): Promise<WebApp | undefined> {
    const listed = folder === undefined ? undefined : await readIfThere(join(folder, 'release.json'))
    if (folder === undefined || listed === undefined) return undefined
    const { files } = JSON.parse(listed.toString()) as Release
    const paths = [...files.map(({ path }) => path), 'release.json', 'service-worker.js']
    const read = paths.map(async (path) => [`/${path}`, await readWebFile(folder, path)] as const)
    const hashes = files.map(({ path, sha256 }) => [`/${path}`, sha256] as const)
    return new WebApp(new Map(await Promise.all(read)), new Map(hashes), sha256(listed))
  }

  private constructor(
    files: ReadonlyMap<string, WebFile>,
    listed: ReadonlyMap<string, string>,
    release: string,
  ) {
    this.#listed = listed
    const page = files.get('/index.html')
    this.#files = page === undefined ? files : new Map([['/', page], ...files])
    this.release = release
  }

  /** The page at `/` first. */
  get paths(): readonly string[] {
    return [...this.#files.keys()]
  }

  /** Files that are not what the release lists, or decode to something else: none, unless what was built was changed. */
  get damaged(): readonly string[] {
    const isDamaged = ([path, { sha256, bytes, compressed }]: readonly [string, WebFile]) =>
      (this.#listed.get(path) ?? sha256) !== sha256 ||
      (path === '/service-worker.js' && !bytes.includes(this.release)) ||
      compressed.some(([coding, body]) => !decodesTo(coding, body, bytes))
    return [...this.#files].filter(isDamaged).map(([path]) => path)
  }

  /** Nothing else of a request is looked at. @returns undefined where the path is none of its own */
  answerTo({ url = '', method, headers }: WebRequest): WebAnswer | undefined {
    const file = this.#files.get(url.split('?', 1)[0]!)
    if (file === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
    const { type, caching, etag, bytes: content } = file
    const common = {
      'content-type': type,
      'cache-control': caching,
      etag,
      vary: 'accept-encoding',
    }
    if (headers['if-none-match'] === etag) {
      return { status: 304, headers: common, body: Buffer.alloc(0), content: Buffer.alloc(0) }
    }
    const [coding, body] = chosenBody(file, headers['accept-encoding'])
    const encoded = { ...(coding && { 'content-encoding': coding }), 'content-length': String(body.length) }
    return { status: 200, headers: { ...common, ...encoded }, body, content }
  }

  /** @returns whether the path is one of its own; nothing was answered otherwise */
  serve(request: HttpRequest, response: HttpResponse): boolean {
    const answer = this.answerTo(request)
    if (answer === undefined) return false
    response.statusCode = answer.status
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
    const stream: Writable = response
    stream.end(request.method === 'HEAD' || answer.status === 304 ? undefined : answer.body)
    return true
  }
}

type ChosenBody = readonly [coding: string | undefined, bytes: Buffer]

function chosenBody({ bytes, compressed }: WebFile, accepted: string | string[] | undefined): ChosenBody {
  const codings = codingsOf(accepted)
  return compressed.find(([coding]) => codings.has(coding)) ?? [undefined, bytes]
}

/** What a browser says it takes (RFC 9110 section 12.5.3); no `*`, which no browser sends. */
function codingsOf(header: string | string[] | undefined): ReadonlySet<string> {
  const offers = String(header ?? '')
    .slice(0, 200)
    .split(',')
  const taken = offers.flatMap((offer) => {
    const [coding = '', ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase())
    return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [coding]
  })
  return new Set(taken)
}
