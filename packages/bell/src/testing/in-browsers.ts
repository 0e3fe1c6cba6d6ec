import { missingPackages, openBrowser } from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'

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
