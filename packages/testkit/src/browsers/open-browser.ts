/**
 * Real browsers for tests. Chromium and Firefox come as Playwright's own `Browser`, WebKit as a small `WebKitPage`; all
 * of them are closed by `await using`, keep their profile in a temporary folder and reach nothing but this machine.
 *
 * playwright-core stands at 1.64.1: 1.65 cannot open Firefox ESR 153.
 */
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, firefox } from 'playwright-core'
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
  return chromium.launch(chromiumOptions())
}

/** Chromium whose one camera sees what a file shows. @param film YUV4MPEG2 */
export function openWithCamera(film: string): Promise<Browser> {
  ensureInstalled('chromium')
  const camera = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`]
  const options = chromiumOptions()
  return chromium.launch({ ...options, args: [...options.args, ...camera] })
}

function chromiumOptions() {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return {
    executablePath: executables.chromium,
    args: [
      ...asRoot,
      ...quiet,
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  }
}

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser whose profile stays in a folder, so that it can be killed and opened again. */
export interface LastingBrowser extends AsyncDisposable {
  readonly context: BrowserContext
  /** Ends its processes as a power cut does. */
  kill(): Promise<void>
}

/** @param folder of the profile */
export async function openLasting(kind: 'chromium' | 'firefox', folder: string): Promise<LastingBrowser> {
  ensureInstalled(kind)
  const context =
    kind === 'chromium'
      ? await chromium.launchPersistentContext(folder, chromiumOptions())
      : await firefox.launchPersistentContext(folder, firefoxOptions('usual'))
  return {
    context,
    async kill() {
      const closed = new Promise((resolve) => context.once('close', resolve))
      process.kill(await holderOf(kind, folder), 'SIGKILL')
      await closed
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** The process that has the profile: both name it in a link that serves as their lock. */
async function holderOf(kind: 'chromium' | 'firefox', folder: string): Promise<number> {
  const lock = await readlink(join(folder, kind === 'chromium' ? 'SingletonLock' : 'lock'))
  const pid = Number(/[-+](\d+)$/.exec(lock)?.[1])
  if (!(pid > 1)) throw new Error(`no process in the lock of ${kind}: ${lock}`)
  return pid
}

/** By WebDriver BiDi, as it comes from Debian: no patched build and no geckodriver. */
function openFirefox(emulation: Emulation): Promise<Browser> {
  return firefox.launch(firefoxOptions(emulation))
}

function firefoxOptions(emulation: Emulation) {
  return {
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
  }
}

/** The port of the discard protocol. */
const NOBODY_LISTENS = 9
