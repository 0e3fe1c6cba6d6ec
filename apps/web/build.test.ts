import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildFiles } from './build.js'

test('C15 the same sources give the same bytes', async () => {
  expect(await buildFiles()).toEqual(await buildFiles())
})

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
