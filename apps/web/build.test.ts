import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildFiles } from './build.js'

const root = join(import.meta.dirname, '../..')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'veche-build-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('C15 the same sources give the same bytes', async () => {
  expect(await buildFiles()).toEqual(await buildFiles())
})

test('C15 the same bytes, compressed too, in any folder, by any clock, language, umask and order of files', async () => {
  const one = builtElsewhere(
    'one',
    { TZ: 'Pacific/Kiritimati', LC_ALL: 'ru_RU.UTF-8', UV_THREADPOOL_SIZE: '1' },
    '077',
  )
  const other = builtElsewhere(
    'another/дом',
    { TZ: 'UTC', LC_ALL: 'C', LANG: 'C', UV_THREADPOOL_SIZE: '16' },
    '000',
  )
  expect([...one.keys()]).toEqual([...other.keys()])
  for (const [path, bytes] of one) expect(bytes.equals(other.get(path)!), path).toBe(true)
  const here = await buildFiles()
  for (const [path, bytes] of here) expect(one.get(path)!.equals(bytes), path).toBe(true)
  for (const [path, bytes] of one) {
    const [, plain, coding] = /^(.*?)(?:\.(br|gz))?$/.exec(path)!
    const decode = { br: brotliDecompressSync, gz: gunzipSync }[coding!]
    expect(decode ? decode(bytes).equals(here.get(plain!)!) : here.has(path), path).toBe(true)
  }
})

/** All of dist/, made by a process of its own from a copy of the sources; what is installed is at its old place. */
function builtElsewhere(name: string, env: Record<string, string>, umask: string): Map<string, Buffer> {
  const copy = join(folder, name)
  const sources = globSync('{tsconfig.json,{packages/{protocol,mls,history,sync,client},apps/web}/**/*}', {
    cwd: root,
    exclude: (path) => /(^|\/)(dist|node_modules)$/.test(path),
  }).filter((path) => statSync(join(root, path)).isFile())
  for (const path of name === 'one' ? sources.sort() : sources.sort().reverse()) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    copyFileSync(join(root, path), join(copy, path))
  }
  linkInstalled(copy)
  const run = ['-c', 'umask "$1"; exec "$2" apps/web/build.js', 'sh', umask, process.execPath]
  execFileSync('sh', run, { cwd: copy, env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' })
  const dist = join(copy, 'apps/web/dist')
  const made = readdirSync(dist, { recursive: true, encoding: 'utf8' }).sort()
  const files = made.filter((path) => statSync(join(dist, path)).isFile())
  return new Map(files.map((path) => [path, readFileSync(join(dist, path))]))
}

/** The packages of the copy in the place of ours, and links to the rest. */
function linkInstalled(copy: string): void {
  const installed = join(copy, 'node_modules')
  mkdirSync(join(installed, '@veche'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@veche' && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(installed, name))
  }
  for (const name of ['protocol', 'mls', 'history', 'sync', 'client'])
    symlinkSync(join(copy, 'packages', name), join(installed, '@veche', name))
}

test('M3 the first load is light', async (context) => {
  const files = await buildFiles()
  const sizeOf = (path: string) => gzipSync(files.get(path)!, { level: 9 }).length
  const first = firstLoad(files)
  const bytes = first.reduce((sum, path) => sum + sizeOf(path), 0)
  const others = [...files.keys()].filter((path) => /\.(js|css)$/.test(path) && !first.includes(path))
  await context.annotate(
    `first load ${bytes} bytes of gzip: ${first.map((path) => `${path} ${sizeOf(path)}`).join(', ')}`,
  )
  await context.annotate(`later: ${others.map((path) => `${path} ${sizeOf(path)}`).join(', ')}`)
  expect(bytes).toBeLessThanOrEqual(130_000)
})

test('M3 the service worker is a light download', async () => {
  const script = (await buildFiles()).get('service-worker.js')!
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(1024)
})

test('C2 nothing stands inline in the page, and it names nothing of another origin', async () => {
  const page = String((await buildFiles()).get('index.html'))
  expect(page).not.toMatch(/<style|style=|<script(?![^>]* src="\/)|\son[a-z]+=|https?:|javascript:/i)
})

/** What the page names, and what that imports before anything runs. */
function firstLoad(files: ReadonlyMap<string, Uint8Array>): string[] {
  const named = [...String(files.get('index.html')).matchAll(/"\/(assets\/[^"]+\.(?:js|css))"/g)]
  return [...new Set(named.map(([, path]) => path!))]
}
