/**
 * The web app as apps/web/build.js has made it: what a release lists, held in memory, each file compressed long before. Files
 * below assets/ are named by their content and never change; the others are asked for anew each time, by their ETag.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import type { HttpRequest, HttpResponse } from '@veche/service-kit'

interface WebFile {
  readonly type: string
  readonly etag: string
  readonly caching: string
  readonly bytes: Buffer
  /** By content coding, the smallest first. */
  readonly compressed: readonly (readonly [coding: string, bytes: Buffer])[]
}

interface Release {
  readonly files: readonly { readonly path: string }[]
}

export class WebApp {
  /** By path. */
  readonly #files: ReadonlyMap<string, WebFile>

  /** @returns undefined where it has not been built: `npm run prepare` does */
  static async read(folder: string | undefined = builtFolder()): Promise<WebApp | undefined> {
    const listed = folder === undefined ? undefined : await readIfThere(join(folder, 'release.json'))
    if (folder === undefined || listed === undefined) return undefined
    const { files } = JSON.parse(listed.toString()) as Release
    const paths = [...files.map(({ path }) => path), 'release.json', 'service-worker.js']
    const read = paths.map(async (path) => [`/${path}`, await readWebFile(folder, path)] as const)
    return new WebApp(new Map(await Promise.all(read)))
  }

  private constructor(files: ReadonlyMap<string, WebFile>) {
    const page = files.get('/index.html')
    this.#files = page === undefined ? files : new Map([...files, ['/', page]])
  }

  /** @returns whether the path is one of its own; nothing was answered otherwise */
  serve(request: HttpRequest, response: HttpResponse): boolean {
    const file = this.#files.get(request.url?.split('?', 1)[0] ?? '')
    if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false
    response.setHeader('content-type', file.type)
    response.setHeader('cache-control', file.caching)
    response.setHeader('etag', file.etag)
    response.setHeader('vary', 'accept-encoding')
    const isKnown = request.headers['if-none-match'] === file.etag
    response.statusCode = isKnown ? 304 : 200
    if (isKnown) response.end()
    else send(file, request, response)
    return true
  }
}

function send({ bytes, compressed }: WebFile, request: HttpRequest, response: HttpResponse): void {
  const accepted = codingsOf(request.headers['accept-encoding'])
  const [coding, body] = compressed.find(([coding]) => accepted.has(coding)) ?? [undefined, bytes]
  if (coding !== undefined) response.setHeader('content-encoding', coding)
  response.setHeader('content-length', body.length)
  const stream: Writable = response
  stream.end(request.method === 'HEAD' ? undefined : body)
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

async function readWebFile(folder: string, path: string): Promise<WebFile> {
  const [bytes, br, gzip] = await Promise.all([
    readFile(join(folder, path)),
    readIfThere(join(folder, `${path}.br`)),
    readIfThere(join(folder, `${path}.gz`)),
  ])
  return {
    type: TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    etag: `W/"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
    caching: path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    bytes,
    compressed: [...(br ? [['br', br] as const] : []), ...(gzip ? [['gzip', gzip] as const] : [])],
  }
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
}

function builtFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@veche/app-web/release.json'))
  } catch {
    return undefined // not built
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
