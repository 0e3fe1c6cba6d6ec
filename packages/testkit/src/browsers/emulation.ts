/** Ways in which people see a page, for tests that look at all of them. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'

const usual = { viewport: { width: 1280, height: 800 } } as const

export const emulations = {
  usual,
  dark: { ...usual, colorScheme: 'dark' },
  'forced colours': { ...usual, forcedColors: 'active' },
  'reduced motion': { ...usual, reducedMotion: 'reduce' },
  '320 px': { viewport: { width: 320, height: 640 } },
  /** As a browser zooms: half as many CSS pixels, each twice as large. */
  'zoom 200 %': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  'from right to left': usual,
} as const satisfies Readonly<Record<string, BrowserContextOptions>>

export type Emulation = keyof typeof emulations

/** What Playwright cannot yet ask of Firefox over WebDriver BiDi is a preference from its start on. */
export const firefoxPreferences: Readonly<Partial<Record<Emulation, Readonly<Record<string, number>>>>> = {
  dark: { 'layout.css.prefers-color-scheme.content-override': 0 },
  'forced colours': { 'browser.display.document_color_use': 2 },
  'reduced motion': { 'ui.prefersReducedMotion': 1 },
}

/** A context of its own, with no cookies, that sees pages in this way. */
export async function openContext(
  browser: Browser,
  emulation: Emulation = 'usual',
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ ...emulations[emulation], ...options })
  if (emulation === 'from right to left')
    await context.addInitScript(
      "document.addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl' })",
    )
  return context
}
