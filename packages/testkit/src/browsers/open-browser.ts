/**
 * Real browsers for tests. Chromium and Firefox come as Playwright's own `Browser`, WebKit as a small `WebKitPage`; all
 * of them are closed by `await using`, keep their profile in a temporary folder and reach nothing but this machine.
 *
 * playwright-core stands at 1.64.1: 1.65 cannot open Firefox ESR 153.
 */
import { type Browser, chromium, firefox } from 'playwright-core'
import { type Emulation, firefoxPreferences } from './emulation.ts'
import { type BrowserKind, ensureInstalled, executables } from './installed-browsers.ts'
import { openWebKit, type WebKitPage } from './webkit-page.ts'

/**
 * @param emulation what the pages will be opened with; Firefox must know it from its start on
 * @throws Error that names the Debian packages to install when the browser is not here
 */
export function openBrowser(kind: 'chromium' | 'firefox', emulation?: Emulation): Promise<Browser>
export function openBrowser(kind: 'webkit'): Promise<WebKitPage>
export async function openBrowser(
  kind: BrowserKind,
  emulation: Emulation = 'usual',
): Promise<Browser | WebKitPage> {
  ensureInstalled(kind)
  if (kind === 'chromium') return openChromium()
  return kind === 'firefox' ? openFirefox(emulation) : openWebKit()
}

function openChromium(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({
    executablePath: executables.chromium,
    args: [
      ...asRoot,
      ...quiet,
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })
}

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** By WebDriver BiDi, as it comes from Debian: no patched build and no geckodriver. */
function openFirefox(emulation: Emulation): Promise<Browser> {
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: executables.firefox,
    firefoxUserPrefs: {
      // Whatever is not this machine goes to a proxy that is not there.
      'network.proxy.type': 1,
      'network.proxy.http': '127.0.0.1',
      'network.proxy.http_port': NOBODY_LISTENS,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': NOBODY_LISTENS,
      'network.proxy.no_proxies_on': '127.0.0.1, localhost',
      'network.proxy.allow_hijacking_localhost': true,
      ...firefoxPreferences[emulation],
    },
  })
}

/** The port of the discard protocol. */
const NOBODY_LISTENS = 9
