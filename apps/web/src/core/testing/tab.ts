/** A tab of the web app in a real browser, whose calls of the core a test makes as the page's own views do. */
import type { BrowserContext, Page } from '@veche/testkit/browsers'
import { expect } from 'vitest'
import type { CoreEvent, RemoteClient } from '../remote-client.ts'

/** What a test's functions have in the page. */
declare global {
  var veche: RemoteClient
  var heard: CoreEvent[]
}

export class Tab {
  readonly page: Page

  static async open(context: BrowserContext, url: string): Promise<Tab> {
    const tab = new Tab(await context.newPage())
    await tab.page.goto(url)
    await tab.connect()
    return tab
  }

  constructor(page: Page) {
    this.page = page
  }

  /** After a load of the page. */
  async connect(): Promise<void> {
    await this.page.evaluate(CONNECT)
  }

  /** As `veche.groups.create(...)` for `groups.create`. @throws Error with the name and the fields of the core's */
  async call<T>(path: string, ...args: unknown[]): Promise<T> {
    const answer = (await this.page.evaluate(callIn, [path, args] as const)) as Answer
    if (answer.error) throw Object.assign(new Error(path), answer.error)
    return answer.value as T
  }

  async heard(): Promise<CoreEvent[]> {
    return this.page.evaluate(() => globalThis.heard)
  }

  /** Resolves when the core has told its state, or that of its connection. */
  async until(state: string): Promise<void> {
    const states = async () =>
      (await this.heard()).flatMap((event) => ('state' in event ? [event.state as string] : []))
    await expect.poll(states, { timeout: 60_000 }).toContain(state)
  }
}

interface Answer {
  readonly value?: unknown
  readonly error?: object
}

/** The same module that the page has. */
const CONNECT = `(async () => {
  const { href } = document.querySelector('link[href*="/assets/connect-"]')
  const { connectToCore } = await import(href)
  globalThis.veche = connectToCore()
  globalThis.heard = []
  veche.events((event) => {
    const { error, ...told } = event
    heard.push(error ? { ...told, error: error.name } : told)
  })
})()`

async function callIn([path, args]: readonly [string, readonly unknown[]]): Promise<Answer> {
  const [name = '', part] = path.split('.').reverse()
  const client = globalThis.veche as unknown as Record<
    string,
    Record<string, (...args: unknown[]) => unknown>
  >
  const receiver = part === undefined ? (client as unknown as Record<string, never>) : client[part]!
  try {
    return { value: await (receiver[name] as unknown as (...args: unknown[]) => unknown)(...args) }
  } catch (error) {
    const { name, message, ...fields } = error as Error
    return { error: { name, message, ...fields } }
  }
}
