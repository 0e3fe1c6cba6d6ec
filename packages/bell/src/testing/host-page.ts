/** A host's page in a browser, and what it shows. */

import { type Emulation, openContext } from '@veche/testkit/browsers'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { type StubService, serveStub } from './stub-service.ts'

export interface HostPage extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  readonly stub: StubService
  readonly bell: Locator
  readonly panel: Locator
  /** What the page threw, and what was written to its console but for failed requests, which a browser writes by itself. */
  readonly errors: string[]
  open(): Promise<void>
  /** Clicks the bell and waits for the messages. */
  openPanel(): Promise<void>
  /** Lets the bell ask before its time, as when the network is back. */
  askNow(): Promise<unknown>
  /** The element that has the focus, in whatever shadow root. */
  focused(): Promise<string>
}

export async function openHost(
  browser: Browser,
  { emulation = 'usual' as Emulation, prepare = (_: StubService) => {} } = {},
): Promise<HostPage> {
  const stub = await serveStub()
  prepare(stub)
  const context = await openContext(browser, emulation)
  const page = await context.newPage()
  const errors = noteErrors(page)
  const bell = page.locator('nichatka-bell button').first()
  const panel = page.locator('nichatka-panel [part=panel]').first()
  const host: HostPage = {
    ...{ page, context, stub, bell, panel, errors },
    async open() {
      await page.goto(stub.url)
      await page.locator('nichatka-bell button[data-state=fresh]').first().waitFor()
    },
    async openPanel() {
      await bell.click()
      await panel.locator('article').first().waitFor()
    },
    askNow: () => page.evaluate(() => dispatchEvent(new Event('online'))),
    focused: () => page.evaluate(focusedElement),
    async [Symbol.asyncDispose]() {
      await context.close()
      await stub[Symbol.asyncDispose]()
    },
  }
  await host.open()
  return host
}

function noteErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      errors.push(message.text())
  })
  return errors
}

/** Runs in the page. */
function focusedElement(): string {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element === null ? '' : `${element.localName} ${element.textContent?.trim().slice(0, 40)}`
}
