import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  inBrowsers,
  missingPackages,
  openBrowser,
  openLasting,
  type Page,
  type WebKitPage,
} from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFilesTests } from './files-suite.ts'
import { type FilesPage, filesIn, type RunInPage, serveFilesPage } from './testing/files-page.ts'

let site: FilesPage
beforeAll(async () => {
  site = await serveFilesPage()
})
afterAll(() => site?.[Symbol.asyncDispose]())

inBrowsers('M16 F16 files', (browser, kind) => {
  let page: Page
  beforeAll(async () => {
    page = await browser().newPage()
    await page.goto(site.url)
  })
  runFilesTests(`IndexedDB of ${kind}`, async () => filesIn(inPage(page)))

  test('F16 many appends, small and large, are read as one, whole and in parts', async () => {
    const files = filesIn(inPage(page))
    const lengths = [1, 16_383, 1, 0, 16_384, 5, 40_000, 7, 3]
    const parts = lengths.map((length, index) => new Uint8Array(length).fill(index + 1))
    for (const part of parts) await files.append('a/b', part)
    const whole = Buffer.concat(parts)
    expect(Buffer.from((await files.read('a/b'))!).equals(whole)).toBe(true)
    for (const [from, length] of [
      [0, 1],
      [16_383, 3],
      [16_384, 16_390],
      [20_000, 30_000],
      [whole.length - 4, 9],
    ] as const) {
      const read = await files.readRange('a/b', from, length)
      expect(Buffer.from(read!).equals(whole.subarray(from, from + length)), `${from}`).toBe(true)
    }
    for (const length of [whole.length, 50_000, 16_385, 16_384, 2, 0]) {
      await files.truncate('a/b', length)
      expect(Buffer.from((await files.read('a/b'))!).equals(whole.subarray(0, length)), `${length}`).toBe(
        true,
      )
    }
    await files.append('a/b', Uint8Array.of(9))
    expect(await files.read('a/b')).toEqual(Uint8Array.of(9))
  })

  test('F16 what was acknowledged is there after the browser was killed, and a replaced file is whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'veche-killed-'))
    let [appended, replaced] = [0, 0]
    for (let round = 0; round < 3; round++) {
      await using lasting = await openLasting(kind, folder)
      const [opened = await lasting.context.newPage()] = lasting.context.pages()
      await opened.goto(site.url)
      const files = filesIn(inPage(opened), 'killed')
      const found = (await files.read('appended'))?.length ?? 0
      expect([appended, appended + 1]).toContain(found)
      const last = await files.read('replaced')
      if (last) expect([replaced, replaced + 1]).toContain(last[0])
      else expect(replaced).toBe(0)
      expect(new Set(last).size).toBeLessThanOrEqual(1)
      ;[appended, replaced] = [found, last?.[0] ?? 0]
      if (round === 2) break
      const working = (async () => {
        for (;;) {
          await files.append('appended', Uint8Array.of(1))
          appended++
          await files.replace('replaced', new Uint8Array(100_000).fill(replaced + 1))
          replaced++
        }
      })()
      const ended = working.catch(() => {}) // the browser was killed
      await expect.poll(() => replaced, { timeout: 60_000 }).toBeGreaterThanOrEqual(5 * (round + 1))
      await lasting.kill()
      await ended
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
})

whereInstalled(
  'M16 files in webkit',
  () => missingPackages(['webkit']),
  () => {
    let page: WebKitPage
    beforeAll(async () => {
      page = await openBrowser('webkit')
      await page.open(site.url)
    })
    afterAll(() => page?.[Symbol.asyncDispose]())
    runFilesTests('IndexedDB of webkit', async () => filesIn((...given) => page.execute(...given)))
  },
)

function inPage(page: Page): RunInPage {
  const run = ([body, argument]: readonly [string, unknown]) => new Function(body)(argument) as unknown
  return (body, argument) => page.evaluate(run, [body, argument] as const)
}
