import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { whereInstalled } from '../where-installed.ts'
import { missingPackages } from './installed-browsers.ts'
import { openBrowser } from './open-browser.ts'

const kinds = ['chromium', 'firefox'] as const

/** Tells the same in each kind of browser, of which one stays open for all tests. */
export function inBrowsers(
  what: string,
  tell: (browser: () => Browser, kind: (typeof kinds)[number]) => void,
): void {
  for (const kind of kinds) {
    whereInstalled(
      `${what} in ${kind}`,
      () => missingPackages([kind]),
      () =>
        describe(kind, () => {
          let browser: Browser
          beforeAll(async () => {
            browser = await openBrowser(kind)
          })
          afterAll(() => browser?.close())
          tell(() => browser, kind)
        }),
    )
  }
}
