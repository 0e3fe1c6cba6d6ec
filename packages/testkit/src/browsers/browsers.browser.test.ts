import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { checkAccessibility } from './accessibility.ts'
import { type Emulation, emulations, openContext } from './emulation.ts'
import { installedBrowsers, missingPackages } from './installed-browsers.ts'
import { openBrowser } from './open-browser.ts'
import { serveStrictPage } from './strict-page.ts'

const PNG = '89504e470d0a1a0a'
const here = installedBrowsers()
const missing = missingPackages()
if (missing.length > 0)
  process.stdout.write(`browsers: not tried, for this is not installed: ${missing.join(', ')}\n`)
test('N21 the browsers that are not here are named', () => expect(missing.length > 0).toBe(here.length < 3))

for (const kind of here.filter((kind) => kind !== 'webkit')) {
  test(`N21 ${kind}: a page under a strict policy is loaded, clicked into its shadow root, read and seen`, async () => {
    await using site = await serveStrictPage()
    await using browser = await openBrowser(kind)
    const page = await (await openContext(browser)).newPage()
    await page.goto(site.url)
    await page.getByLabel('Name').fill('Вера ')
    await page.getByRole('button', { name: 'Count' }).click()
    expect(await page.locator('click-counter output').innerText()).toBe('Вера 1')
    expect((await page.screenshot()).subarray(0, 8).toString('hex')).toBe(PNG)
    await checkAccessibility(page, 'the strict page')
  })

  test(`N21 ${kind}: what is not this machine is not asked`, async () => {
    await using elsewhere = await serveStrictPage('127.0.0.2')
    await using browser = await openBrowser(kind)
    const page = await (await openContext(browser)).newPage()
    await expect(page.goto(elsewhere.url)).rejects.toThrow()
    expect(elsewhere.asked).toEqual([])
  })

  for (const emulation of Object.keys(emulations) as Emulation[]) {
    test(`N20 ${kind}: ${emulation} is seen by the page`, async () => {
      await using site = await serveStrictPage()
      await using browser = await openBrowser(kind, emulation)
      const context = await openContext(browser, emulation)
      const page = await context.newPage()
      await page.goto(site.url)
      expect(await seen(page)).toEqual({ ...plain, ...differs[emulation] })
    })
  }

  test(`N21 ${kind}: text in the colour of its ground is a barrier`, async () => {
    await using site = await serveStrictPage()
    await using browser = await openBrowser(kind)
    const page = await (await openContext(browser)).newPage()
    await page.goto(`${site.url}unseen`)
    await expect(checkAccessibility(page, 'unseen')).rejects.toThrow(/color-contrast.*\n.*h1/)
  })

  test(`N21 ${kind}: a barrier is reported with its place and its reason`, async () => {
    await using site = await serveStrictPage()
    await using browser = await openBrowser(kind)
    const page = await (await openContext(browser)).newPage()
    await page.goto(`${site.url}barred`)
    const report = checkAccessibility(page, 'a button without a name')
    await expect(report).rejects.toThrow(
      /^a button without a name: 1 barriers\n {2}button-name .*\n {4}button\n/,
    )
  })
}

if (here.includes('webkit')) {
  test('N21 webkit: a page under a strict policy is loaded, clicked into its shadow root, read and seen', async () => {
    await using site = await serveStrictPage()
    await using page = await openBrowser('webkit')
    await page.resize(800, 600)
    await page.open(site.url)
    await page.type('input', 'Вера ')
    await page.click('button', 'Count')
    expect(await page.text('output')).toBe('Вера 1')
    expect((await page.screenshot()).subarray(0, 8).toString('hex')).toBe(PNG)
    expect(await page.execute('return Promise.resolve(document.title + arguments[0])', '!')).toBe('Strict!')
    await page.reload()
    expect(await page.text('output')).toBe('0')
  })

  test('N21 webkit: what is not this machine is not asked', async () => {
    await using elsewhere = await serveStrictPage('127.0.0.2')
    await using page = await openBrowser('webkit')
    await page.open(elsewhere.url).catch(() => {}) // an error page is a success to some versions
    expect(elsewhere.asked).toEqual([])
  })
}

/** What the page can tell of how it is shown. */
function seen(page: Page): Promise<typeof plain> {
  return page.evaluate(`({
    width: innerWidth, ratio: devicePixelRatio, dir: document.documentElement.dir,
    dark: matchMedia('(prefers-color-scheme: dark)').matches,
    forced: matchMedia('(forced-colors: active)').matches,
    still: matchMedia('(prefers-reduced-motion: reduce)').matches,
  })`)
}

const plain = { width: 1280, ratio: 1, dir: '', dark: false, forced: false, still: false }
const differs: Readonly<Record<Emulation, Partial<typeof plain>>> = {
  usual: {},
  dark: { dark: true },
  'forced colours': { forced: true },
  'reduced motion': { still: true },
  '320 px': { width: 320 },
  'zoom 200 %': { width: 640, ratio: 2 },
  'from right to left': { dir: 'rtl' },
}
