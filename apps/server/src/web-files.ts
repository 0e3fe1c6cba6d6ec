/** One file of the web app, as the build has left it on the disk. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

export interface WebFile {
  readonly type: string
  readonly sha256: string
  readonly etag: string
  readonly caching: string
  readonly bytes: Buffer
  /** By content coding, the smallest first. */
  readonly compressed: readonly (readonly [coding: keyof typeof decoders, bytes: Buffer])[]
}

export async function readWebFile(folder: string, path: string): Promise<WebFile> {
  const [bytes, br, gzip] = await Promise.all([
    readFile(join(folder, path)),
    readIfThere(join(folder, `${path}.br`)),
    readIfThere(join(folder, `${path}.gz`)),
  ])
  const hash = sha256(bytes)
  return {
    type: TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    sha256: hash,
    etag: `W/"${hash.slice(0, 32)}"`,
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

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function builtFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@veche/app-web/release.json'))
  } catch {
    return undefined // not built
  }
}

export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const decoders = { br: brotliDecompressSync, gzip: gunzipSync }

export function decodesTo(coding: keyof typeof decoders, body: Buffer, bytes: Buffer): boolean {
  try {
    return decoders[coding](body).equals(bytes)
  } catch {
    return false // it decodes to nothing
  }
}
