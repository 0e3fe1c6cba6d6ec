/** Somebody who works with Vehno in a browser: what they see of Nichatka, and what they do with it. */
import {
  type Browser,
  type Emulation,
  type Locator,
  openContext,
  type Page,
  type Request,
} from '@veche/testkit/browsers'
import type { Vehno } from './vehno.ts'

/** As `select` shows them. */
export type ShownPriority = 'критично' | 'важно' | 'обычно'

/** Against a page that hangs; how fast a machine is fails nothing. */
const PATIENCE_MS = 240_000

export class Colleague {
  readonly page: Page
  readonly nickname: string
  /** What their page wrote to the console, and what it threw. */
  readonly console: string[] = []
  /** Requests of their page that have no answer yet. */
  readonly underWay = new Set<Request>()
  readonly bell: Locator
  readonly panel: Locator
  readonly notice: Locator
  readonly news: Locator
  readonly list: Locator
  /** Of the list, from the newest. */
  readonly messages: Locator
  readonly form: Locator
  readonly reply: Locator
  readonly #vehno: Vehno

  constructor(vehno: Vehno, page: Page, nickname: string) {
    this.#vehno = vehno
    this.page = page
    this.nickname = nickname
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('console', (message) => this.console.push(message.text()))
    page.on('pageerror', (error) => this.console.push(String(error)))
    page.on('request', (request) => this.underWay.add(request))
    page.on('requestfinished', (request) => this.underWay.delete(request))
    page.on('requestfailed', (request) => this.underWay.delete(request))
    this.bell = page.locator('nichatka-bell').getByRole('button')
    this.panel = page.locator('nichatka-panel').getByRole('dialog')
    this.notice = this.panel.locator('[data-key="notice"]')
    this.news = this.panel.locator('[data-key="news"]')
    this.list = this.panel.locator('[data-key="list"]')
    this.messages = this.list.getByRole('article')
    this.form = this.panel.locator('form[data-draft="new"]')
    this.reply = this.panel.locator('form[data-draft^="reply-"]')
  }

  /** In a context of their own, that is with their own cookies, on the page of requests. */
  static async signIn(
    vehno: Vehno,
    browser: Browser,
    nickname: string,
    emulation: Emulation = 'usual',
  ): Promise<Colleague> {
    const context = await openContext(browser, emulation, { timezoneId: 'Europe/Moscow' })
    const colleague = new Colleague(vehno, await context.newPage(), nickname)
    const { page } = colleague
    await page.goto(`${vehno.url}/login/`)
    await page.locator('[name=username]').fill(nickname)
    await page.locator('[name=password]').fill(vehno.password)
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.locator('nichatka-bell').waitFor()
    await colleague.bell.and(page.locator('[data-state="fresh"]')).waitFor()
    return colleague
  }

  /** What the bell says to a screen reader. */
  async heard(): Promise<string> {
    const sentence = await this.bell.locator('[data-key="bell"] > :not([aria-hidden])').textContent()
    return (sentence ?? '').replaceAll('\u{a0}', ' ')
  }

  async openPanel(): Promise<void> {
    await this.bell.click()
    await this.list.waitFor()
  }

  /** @param place as Incoming is called */
  async goTo(place: 'Входящие' | 'Исходящие' | 'История' | 'Группы'): Promise<void> {
    await this.panel.getByRole('navigation', { name: 'Разделы' }).getByRole('button', { name: place }).click()
    await this.panel.locator(`button[aria-current="page"]:text-is("${place}")`).waitFor()
  }

  message(text: string): Locator {
    return this.messages.filter({ hasText: text })
  }

  /** Opens the form, chooses whom, and writes; does not send. @param to nicknames, names of groups, or «Все» */
  async compose(to: readonly string[], text: string, priority: ShownPriority = 'обычно'): Promise<void> {
    await this.openForm()
    for (const name of to) await this.#choose(name)
    await this.form.getByLabel('Приоритет').selectOption({ label: priority })
    await this.form.getByLabel('Текст сообщения').fill(text)
  }

  /** Which a draft opens by itself. */
  async openForm(): Promise<void> {
    if (await this.form.isVisible()) return
    await this.panel.locator('summary:text-is("Написать сообщение")').click()
    await this.form.waitFor()
  }

  async #choose(name: string): Promise<void> {
    if (name === 'Все') {
      await this.form.getByRole('checkbox', { name: 'Все', exact: true }).check()
      return
    }
    await this.form.getByLabel('Кому: найти человека или группу').fill(name)
    await this.form.locator('[data-pick="to"]').getByRole('button', { name, exact: true }).click()
    await this.form.locator('[data-chosen="to"]').getByRole('checkbox', { name, exact: true }).waitFor()
  }

  /** Writes and sends; resolves when it is sent. */
  async write(to: readonly string[], text: string, priority: ShownPriority = 'обычно'): Promise<void> {
    await this.compose(to, text, priority)
    await this.form.getByRole('button', { name: 'Отправить' }).click()
    await this.form.waitFor({ state: 'hidden' })
  }

  /** Replies to the message with that text, to its sender; resolves when it is sent. */
  async answer(text: string, answer: string): Promise<void> {
    await this.message(text).getByRole('button', { name: 'Ответить', exact: true }).click()
    await this.reply.getByLabel('Текст сообщения').fill(answer)
    await this.reply.getByRole('button', { name: 'Отправить' }).click()
    await this.reply.waitFor({ state: 'hidden' })
  }

  /** A request past the widget, with the token that this page has. */
  async ask(method: string, path: string, fields: readonly (readonly [string, string])[]): Promise<Response> {
    const token = await this.page.locator('nichatka-bell').getAttribute('token')
    const all = new URLSearchParams([
      ['user', this.nickname],
      ['charset', 'utf-8'],
      ...fields.map(([...field]) => field),
    ])
    const url = `${this.#vehno.nichatkaUrl}v1/${path}`
    const isGet = method === 'GET'
    return fetch(isGet ? `${url}?${all}` : url, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      ...(!isGet && { body: all }),
    })
  }

  /** Many messages at once, to one person. */
  async sendAll(to: string, texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      const fields = [
        ['to', `user:${to}`],
        ['text', text],
        ['id', crypto.randomUUID()],
      ] as const
      const response = await this.ask('POST', 'messages', fields)
      if (response.status !== 201)
        throw new Error(`${response.status} ${response.headers.get('Nichatka-Error')}`)
    }
  }
}
