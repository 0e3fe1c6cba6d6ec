/** Somebody with a browser of their own: what they see and do in the web app, by the names that a reader hears. */
import { type Browser, type BrowserContext, openContext, type Page } from '@veche/testkit/browsers'

/** What comes by itself may take its time: the machine may be busy. */
const PATIENCE_MS = 120_000

export class Visitor implements AsyncDisposable {
  readonly page: Page
  /** What the page complained about. */
  readonly complaints: string[] = []
  readonly #context: BrowserContext

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) {
        this.complaints.push(message.text())
      }
    })
  }

  /** @param address of the server, or a link into a group on it */
  static async open(browser: Browser, address: string, ...how: OpenedHow): Promise<Visitor> {
    const [emulation, options = {}] = how
    const context = await openContext(browser, emulation, { locale: 'en', ...options })
    const visitor = new Visitor(context, await context.newPage())
    const { origin } = new URL(address)
    visitor.page.on('request', (request) => {
      const asked = new URL(request.url())
      // Nobody else learns that somebody is here, nor gives the page anything.
      if (asked.origin !== origin && !/^(data|about):/.test(asked.protocol))
        visitor.complaints.push(`asked ${asked}`)
    })
    await visitor.page.goto(address)
    await visitor.page.locator('[data-account=none]').waitFor()
    return visitor
  }

  /** Makes an account by the form of the entrance. */
  async register(handle: string, name: string): Promise<void> {
    const { page } = this
    await page.getByRole('button', { name: 'New account' }).click()
    await page.getByLabel('Handle').fill(handle)
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Password').fill(passwordOf(handle))
    await page.locator('form button[type=submit]').click()
    await page.locator('[data-account=ready]').waitFor()
  }

  /** By the form of the entrance; what comes of it, the caller looks at. */
  async login(handle: string, password = passwordOf(handle)): Promise<void> {
    const { page } = this
    await page.getByRole('button', { name: 'Sign in' }).first().click()
    await page.getByLabel('Handle').fill(handle)
    await page.getByLabel('Password').fill(password)
    await page.locator('form button[type=submit]').click()
  }

  async go(place: 'Groups' | 'Private' | 'Search' | 'You'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click()
  }

  /** Asks for a private chat, and is there if it opens at once. */
  async ask(handle: string): Promise<void> {
    await this.go('Private')
    await this.page.getByRole('button', { name: 'New chat' }).first().click()
    await this.page.getByLabel('Handle or name').fill(`@${handle}`)
    await this.page.getByRole('button', { name: `Ask @${handle} for a chat` }).click()
  }

  /** Opens a private chat from the list. */
  async openChat(name: string): Promise<void> {
    await this.go('Private')
    await this.page.locator('.chat-rows').getByRole('link', { name }).click()
    await this.page.locator('.chat-head').waitFor()
  }

  /** Turns one of the two switches of the chat that is open; what asks before it erases is said yes to. */
  async keep(where: 'On the server' | 'On this device', question?: string): Promise<void> {
    const { page } = this
    await page.locator('.kept-marks').click()
    await page.getByRole('dialog').getByLabel(where).click()
    if (question !== undefined) await this.confirm(question)
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  }

  /** Writes in the chat that is open. */
  async write(text: string): Promise<void> {
    await this.page.locator('#composer').fill(text)
    await this.page.locator('#composer').press('Enter')
  }

  /** Waits until a message is on show. */
  async sees(text: string): Promise<void> {
    await this.page.locator('.message', { hasText: text }).first().waitFor()
  }

  /** The sheet is offered after the first message. */
  async putSheetAway(): Promise<void> {
    await this.page.getByRole('button', { name: 'Later' }).click()
  }

  async settings(): Promise<void> {
    await this.own('Settings')
  }

  /** A page of You, by its name in the list of them. */
  async own(name: string): Promise<void> {
    await this.go('You')
    await this.page.getByRole('navigation', { name: 'You' }).getByRole('link', { name }).click()
  }

  /** Says yes to a question. */
  async confirm(action: string): Promise<void> {
    await this.page.getByRole('alertdialog').getByRole('button', { name: action }).click()
  }

  /** What stands beside the chat that is open. */
  async about(): Promise<void> {
    await this.page.getByRole('button', { name: 'About this chat' }).click()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#context.close()
  }
}

type OpenedHow = [emulation?: Parameters<typeof openContext>[1], options?: Parameters<typeof openContext>[2]]

export function passwordOf(handle: string): string {
  return `olive harbour lantern ${handle}`
}
