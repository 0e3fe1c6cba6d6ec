/**
 * The browsers of this machine. Debian's own packages are used: what a test tool would download itself cannot be had
 * everywhere, and nothing is fetched while tests run.
 */
import { existsSync, globSync } from 'node:fs'

export const browserKinds = ['chromium', 'firefox', 'webkit'] as const
export type BrowserKind = (typeof browserKinds)[number]

/** Which of them can be opened here. */
export function installedBrowsers(): readonly BrowserKind[] {
  return browserKinds.filter((kind) => missingPackages([kind]).length === 0)
}

/** The Debian packages that these browsers need and that are not installed here; empty where all can be opened. */
export function missingPackages(kinds: readonly BrowserKind[] = browserKinds): readonly string[] {
  return kinds.flatMap((kind) =>
    Object.entries(needed[kind]).flatMap(([name, file]) => (file() ? [] : [name])),
  )
}

/** @throws Error in one line with what to install */
export function ensureInstalled(kind: BrowserKind): void {
  const missing = missingPackages([kind])
  if (missing.length > 0) throw new Error(`${kind} is not installed: apt-get install ${missing.join(' ')}`)
}

/** Debian keeps it where no PATH finds it, by the version of its library. */
export function miniBrowser(): string | undefined {
  return globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser').toSorted().at(-1)
}

export const executables = {
  chromium: '/usr/bin/chromium',
  firefox: '/usr/bin/firefox-esr',
  webKitDriver: '/usr/bin/WebKitWebDriver',
  xServer: '/usr/bin/Xvfb',
} as const

/** By Debian package: whether its files are here. */
const needed: Readonly<Record<BrowserKind, Readonly<Record<string, () => boolean>>>> = {
  chromium: { chromium: () => existsSync(executables.chromium) },
  firefox: { 'firefox-esr': () => existsSync(executables.firefox) },
  webkit: {
    'webkit2gtk-driver': () => existsSync(executables.webKitDriver) && miniBrowser() !== undefined,
    xvfb: () => existsSync(executables.xServer),
  },
}
