import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BrowserContext, inBrowsers, type Page } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildFiles } from '../../build.js'

/** A server with one release or another; what it was asked for. */
class Site implements AsyncDisposable {
  files: ReadonlyMap<string, Uint8Array>
  isDown = false
  readonly #server = createServer((request, response) => this.#answer(request, response))

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.files = files
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
    const path = url === '/' ? 'index.html' : url.slice(1)
    const bytes = this.isDown ? undefined : this.files.get(path)
    if (this.isDown) response.destroy()
    response.statusCode = bytes ? 200 : 404
    response.setHeader('content-type', TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain')
    response.setHeader('cache-control', 'no-store')
    response.end(bytes)
  }
}

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' }

let first: ReadonlyMap<string, Uint8Array>
let second: ReadonlyMap<string, Uint8Array>
beforeAll(async () => {
  first = await buildFiles()
  second = await buildFiles({ version: 'second' })
})

inBrowsers('M2 releases', (browser) => {
  const contexts: BrowserContext[] = []
  afterAll(async () => {
    for (const context of contexts) await context.close()
  })

  async function open(site: Site): Promise<{ page: Page; url: string }> {
    const url = await site.listen()
    const context = await browser().newContext()
    contexts.push(context)
    const page = await context.newPage()
    await page.goto(url)
    await page.evaluate(isKept)
    return { page, url }
  }

  test('M2 the page opens without a network once it was there', async () => {
    await using site = new Site(first)
    const { page, url } = await open(site)
    site.isDown = true
    await page.goto(url)
    expect(await page.evaluate(versionOf)).toBe('')
    await page.evaluate(`import(document.querySelector('script').src).then(() => {})`)
    await page.evaluate(`import('/${lazyChunkOf(first)}').then(() => {})`)
  })

  test('C15 a release that does not match its hashes is not kept, and the one before stays', async () => {
    await using site = new Site(first)
    const { page } = await open(site)
    const asset = [...second.keys()].find((path) => path.endsWith('.css'))!
    site.files = new Map([...second, [asset, Buffer.from('body { display: none }')]])
    await page.reload()
    expect(await page.evaluate(lookAgain)).toBe('redundant')
    await page.reload()
    expect(await page.evaluate(versionOf)).toBe('')
  })

  test('C15 a newer release waits whole, and takes over in all tabs at once', async () => {
    await using site = new Site(first)
    const { page, url } = await open(site)
    await page.reload()
    const other = await page.context().newPage()
    await other.goto(url)
    site.files = second
    expect(await page.evaluate(lookAgain)).toBe('installed')
    await page.reload()
    expect(await page.evaluate(versionOf)).toBe('')
    for (const tab of [page, other]) await tab.getByText('A newer version of Veche is ready.').waitFor()
    await other.getByRole('button', { name: 'Take it now' }).click()
    for (const tab of [page, other]) {
      const version = () => tab.evaluate(versionOf).catch(() => 'between two pages')
      await expect.poll(version, { timeout: 60_000 }).toBe('second')
    }
    site.isDown = true
    // A tab that takes it over loads itself anew: what is opened meanwhile may be broken off.
    const opened = () => page.goto(url).then(() => page.evaluate(versionOf))
    await expect.poll(() => opened().catch(() => 'between two pages'), { timeout: 60_000 }).toBe('second')
  })
})

/** The one that the page does not load by itself before somebody needs it. */
function lazyChunkOf(files: ReadonlyMap<string, Uint8Array>): string {
  return [...files.keys()].find((path) => path.startsWith('assets/core-'))!
}

function versionOf(): string {
  return document.documentElement.dataset.version ?? ''
}

async function isKept(): Promise<void> {
  await navigator.serviceWorker.ready
}

/** @returns what became of the newer one */
async function lookAgain(): Promise<string> {
  const registration = (await navigator.serviceWorker.getRegistration())!
  const found = new Promise<ServiceWorker>((resolve) => {
    registration.addEventListener('updatefound', () => resolve(registration.installing!))
    const already = registration.installing ?? registration.waiting
    if (already) resolve(already)
  })
  // Its failure is seen in the worker's state.
  await registration.update().catch(() => {})
  const worker = await found
  while (worker.state === 'installing') {
    await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }))
  }
  return worker.state
}
