/**
 * WebKitGTK's MiniBrowser with one page, steered by WebDriver on a screen that nobody sees. Selectors are looked for in
 * open shadow roots, too, and every operation waits for what it needs, as Playwright's do. It is not Safari: it has no
 * push, WebAuthn, OPFS or RTC.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { freePort } from '../server-process.ts'
import { until } from '../until.ts'
import { executables, miniBrowser } from './installed-browsers.ts'
import { type ElementReference, WebDriverClient, WebDriverError } from './webdriver-client.ts'

export class WebKitPage implements AsyncDisposable {
  readonly #client: WebDriverClient
  readonly #resources: AsyncDisposableStack

  constructor(client: WebDriverClient, resources: AsyncDisposableStack) {
    this.#client = client
    this.#resources = resources
  }

  open(url: string): Promise<void> {
    return this.#client.open(url)
  }

  reload(): Promise<void> {
    return this.#client.reload()
  }

  /** The script is a function's body, to which the arguments are `arguments`. */
  execute(script: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#client.execute(script, ...args)
  }

  /** @param text what the element must contain */
  async click(selector: string, text = ''): Promise<void> {
    await this.#patiently(selector, text, (element) => this.#client.click(element))
  }

  async type(selector: string, text: string): Promise<void> {
    await this.#patiently(selector, '', (element) => this.#client.type(element, text))
  }

  /** As it is shown. */
  async text(selector: string, text = ''): Promise<string> {
    const read = 'return arguments[0].innerText'
    return String(await this.#patiently(selector, text, (element) => this.#client.execute(read, element)))
  }

  /** Resolves when such an element is shown. */
  async waitFor(selector: string, text = ''): Promise<void> {
    await this.#patiently(selector, text, async () => undefined)
  }

  /** A PNG of what is in sight. */
  screenshot(): Promise<Buffer> {
    return this.#client.screenshot()
  }

  /** Of the window, in CSS pixels. */
  resize(width: number, height: number): Promise<void> {
    return this.#client.resize(width, height)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }

  /** Finds and does; again while the element is not there yet, or has just been replaced. */
  async #patiently<T>(
    selector: string,
    text: string,
    act: (element: ElementReference) => Promise<T>,
  ): Promise<T> {
    let result: { readonly value: T } | undefined
    await until(async () => {
      const element = (await this.#client.execute(FIND, selector, text)) as ElementReference | null
      if (element === null) return false
      result = await act(element).then(
        (value) => ({ value }),
        (error: unknown) => {
          if (error instanceof WebDriverError && passing.has(error.code)) return undefined
          throw error
        },
      )
      return result !== undefined
    })
    return result!.value
  }
}

const passing = new Set([
  'detached shadow root',
  'element click intercepted',
  'element not interactable',
  'no such element',
  'stale element reference',
])

/** The first that is shown, in the order of the document, each shadow root where its host stands. */
const FIND = `
  const [selector, text] = arguments
  return find(document)
  function find(root) {
    for (const element of root.querySelectorAll('*')) {
      if (element.matches(selector) && element.checkVisibility() && element.textContent.includes(text)) return element
      const inside = element.shadowRoot && find(element.shadowRoot)
      if (inside) return inside
    }
    return null
  }`

/** The caller has looked that all of it is installed. */
export async function openWebKit(): Promise<WebKitPage> {
  await using resources = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'veche-webkit-'))
  resources.defer(() => rm(home, { recursive: true, force: true }))
  const display = await startScreen(resources)
  const port = await freePort()
  run(resources, executables.webKitDriver, ['--host=127.0.0.1', `--port=${port}`], {
    HOME: home,
    XDG_RUNTIME_DIR: home,
    XDG_CONFIG_HOME: home,
    DISPLAY: display,
    LANG: 'C.UTF-8',
    // Whatever is not this machine goes to a proxy that is not there. (WebDriver's own `noProxy` makes the browser
    // read past its list, and crash when there is no zero behind it.)
    http_proxy: 'http://127.0.0.1:9',
    https_proxy: 'http://127.0.0.1:9',
    no_proxy: '127.0.0.1,localhost',
  })
  const driver = `http://127.0.0.1:${port}`
  await until(() => answers(driver))
  const client = await WebDriverClient.newSession(driver, {
    'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
  })
  resources.defer(() => client.quit())
  return new WebKitPage(client, resources.move())
}

/** @returns its name for DISPLAY; the server itself finds one that is free */
async function startScreen(resources: AsyncDisposableStack): Promise<string> {
  const screen = ['-screen', '0', '1920x1200x24', '-nolisten', 'tcp']
  const child = run(resources, executables.xServer, ['-displayfd', '3', ...screen], {})
  let number = ''
  for await (const chunk of child.stdio[3] as Readable) {
    number += String(chunk)
    if (number.endsWith('\n')) return `:${number.trim()}`
  }
  throw new Error('Xvfb ended before it had a screen')
}

/** Starts a process with all that it will start itself; all of them end with the stack, or with this process. */
function run(
  resources: AsyncDisposableStack,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  // Told by the kernel when this process is killed.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], {
    env: { PATH: process.env.PATH, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  const end = () =>
    child.exitCode === null && child.signalCode === null && process.kill(-child.pid!, 'SIGTERM')
  process.once('exit', end)
  resources.defer(async () => {
    end()
    await ended
    process.removeListener('exit', end)
  })
  return child
}

async function answers(driver: string): Promise<boolean> {
  try {
    return (await fetch(`${driver}/status`)).ok
  } catch {
    return false // nobody listens yet
  }
}
