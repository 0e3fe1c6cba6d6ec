/** What a conversation does in real browsers when the connection goes, and when its history is long. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChatId } from '@veche/protocol'
import { Community, freePort, type Person, ServerProcess, until } from '@veche/testkit'
import { inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Tab } from './core/testing/tab.ts'
import { passwordOf, Visitor } from './testing/visitor.ts'

/** Messages that a page holds at most. */
const ON_HAND = 240

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('conversations', (browser, kind) => {
  test(`M17 in ${kind} what is written without a connection waits, and is sent once when it is back`, async () => {
    const peer = await community.welcome(`far-${kind}`, 'Fyodor')
    await peer.client.settings.setAcceptance('allowed')
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`near-${kind}`, 'Nadia')
    await own.ask(`far-${kind}`)
    await page.getByRole('heading', { name: 'Fyodor' }).waitFor()
    await own.write('first')
    await own.putSheetAway()
    await page.context().setOffline(true)
    await page.getByText('No connection. Nothing is lost').waitFor()
    const texts = ['written in the wood', 'and by the lake']
    for (const text of texts) {
      await own.write(text)
      await page
        .locator('.message', { hasText: text })
        .getByRole('img', { name: 'Waits on this device' })
        .waitFor()
    }
    await page.context().setOffline(false)
    await expect
      .poll(() => page.getByRole('img', { name: /Delivered|Read/ }).count(), { timeout: 120_000 })
      .toBe(3)
    const chat = await onlyChat(peer)
    expect((await peer.client.history(chat, { limit: 10 })).map(({ text }) => text)).toEqual([
      'first',
      ...texts,
    ])
  })

  test(`M9 M13 M14 in ${kind} a reload in the middle of registering, of joining and of sending loses nothing and doubles nothing`, async () => {
    const host = await community.welcome(`calm-${kind}`, 'Clara')
    const { chat } = await host.client.groups.create({ name: 'Garden' })
    const { link } = await host.client.groups.invite(chat)
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    const handle = `hasty-${kind}`
    const begin = async () => {
      await page.getByRole('button', { name: 'New account' }).click()
      await page.getByLabel('Handle').fill(handle)
      await page.getByLabel('Name', { exact: true }).fill('Hasty')
      await page.getByLabel('Password').fill(passwordOf(handle))
      await page.locator('form button[type=submit]').click()
    }
    await begin()
    await page.locator('form .busy').waitFor()
    await page.reload()
    // The page went before the core had begun, or after; the second time it may have ended meanwhile.
    await page.locator('[data-account=none], [data-account=ready]').waitFor()
    if (await page.locator('[data-account=none]').isVisible()) await begin()
    await page.locator('[data-account=ready]').waitFor()

    const tab = new Tab(page)
    await tab.connect()
    const joining = tab.call('join', link).catch(() => undefined)
    await page.reload()
    await joining
    await tab.connect()
    await tab.call('join', link)
    await page.locator('.chat-rows').getByRole('link', { name: 'Garden' }).click()
    expect(await page.locator('.chat-rows .chat-row').count()).toBe(1)
    expect(host.client.groups.members(chat).map((member) => member.handle)).toContain(handle)

    const texts = ['one', 'two', 'three'].map((word) => `${word} before the reload`)
    for (const text of texts) {
      await own.write(text)
      await page.locator('.message', { hasText: text }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Garden' }).waitFor()
    }
    const told = async () => (await host.client.history(chat, { limit: 10 })).map(({ text }) => text)
    await expect.poll(told, { timeout: 120_000 }).toEqual(texts)
    await expect
      .poll(() => page.getByRole('img', { name: /Delivered|On the server/ }).count(), { timeout: 120_000 })
      .toBe(3)
    expect(own.complaints).toEqual([])
  })

  test(`M17 in ${kind} the server is killed and comes back: what was written meanwhile is sent, once`, async () => {
    await using resources = new AsyncDisposableStack()
    const data = await mkdtemp(join(tmpdir(), 'veche-'))
    resources.defer(() => rm(data, { recursive: true, force: true, maxRetries: 5 }))
    const settings = { data, port: await freePort(), env: { VECHE_REGISTRATION: 'open' } }
    let server = await ServerProcess.start(settings)
    resources.defer(async () => void (await server.stop()))
    await using ann = await Visitor.open(browser(), server.url)
    await using bor = await Visitor.open(browser(), server.url)
    await ann.register('ann', 'Ann')
    await bor.register('bor', 'Bor')
    await bor.settings()
    await bor.page.getByLabel('anyone').check()
    await bor.page.getByText('Whoever knows your handle can write at once.').waitFor()
    await ann.ask('bor')
    await ann.page.getByRole('heading', { name: 'Bor' }).waitFor()
    await ann.write('before')
    await ann.putSheetAway()
    await bor.openChat('Ann')
    await bor.sees('before')

    await server.kill()
    for (const { page } of [ann, bor]) await page.getByText('No connection. Nothing is lost').waitFor()
    await ann.write('into the void')
    await bor.write('from the other side')
    server = await ServerProcess.start(settings)
    const texts = ['before', 'into the void', 'from the other side']
    for (const { page } of [ann, bor]) {
      for (const text of texts) {
        await expect
          .poll(() => page.locator('.message', { hasText: text }).count(), { timeout: 120_000 })
          .toBe(1)
      }
      await page.getByText('No connection. Nothing is lost').waitFor({ state: 'detached' })
    }
  })

  test(`M14 in ${kind} a long history is read upwards in pages, and what is read does not move`, async () => {
    const peer = await community.welcome(`long-${kind}`, 'Lara')
    await peer.client.settings.setAcceptance('allowed')
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`reads-${kind}`, 'Rita')
    await own.ask(`long-${kind}`)
    await page.getByRole('heading', { name: 'Lara' }).waitFor()
    const chat = await onlyChat(peer)
    for (let count = 1; count <= 300; count++) await peer.client.send(chat, `line ${count} of many`)
    await own.sees('line 300 of many')
    const list = page.getByRole('log')
    const isAtEnd = () => list.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 30)
    expect(await isAtEnd()).toBe(true)
    await list.evaluate((box) => {
      box.scrollTop = box.scrollHeight / 2
    })
    await page.getByRole('button', { name: 'To the newest' }).waitFor()
    const top = () =>
      list.evaluate((box) => {
        const edge = box.getBoundingClientRect().top
        const row = [...box.querySelectorAll('[data-id]')].find(
          (each) => each.getBoundingClientRect().bottom > edge,
        )
        return `${row?.textContent} ${Math.round((row?.getBoundingClientRect().top ?? 0) - edge)}`
      })
    const before = await top()
    await peer.client.send(chat, 'one more below')
    await page.getByRole('button', { name: /new message/ }).waitFor()
    expect(await top()).toBe(before)
    await page.getByRole('button', { name: /new message/ }).click()
    await own.sees('one more below')
    expect(await isAtEnd()).toBe(true)
    const first = page.locator('.message', { hasText: 'line 1 of many' }).first()
    while (!(await first.isVisible())) {
      await list.evaluate((box) => {
        box.scrollTop = 0
      })
      // However far one goes, what is on hand stays bounded.
      expect(await page.locator('.message').count()).toBeLessThanOrEqual(ON_HAND)
    }
  })

  test(`M20 in ${kind} what was begun stands in the list, and is there after a reload`, async () => {
    const peer = await community.welcome(`draft-${kind}`, 'Dora')
    await peer.client.settings.setAcceptance('allowed')
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`begins-${kind}`, 'Boris')
    await own.ask(`draft-${kind}`)
    await page.getByRole('heading', { name: 'Dora' }).waitFor()
    await page.locator('#composer').fill('What I meant to say')
    await own.go('Groups')
    await own.go('Private')
    const row = page.getByRole('link', { name: /Dora/ })
    await row.getByText('Draft: What I meant to say').waitFor()
    await page.reload()
    await row.getByText('Draft: What I meant to say').waitFor()
    await row.click()
    await expect
      .poll(() => page.locator('#composer').inputValue(), { timeout: 60_000 })
      .toBe('What I meant to say')
    await page.locator('#composer').press('Enter')
    await own.sees('What I meant to say')
    await own.putSheetAway()
    await own.go('Groups')
    await own.go('Private')
    await row.getByText('You: What I meant to say').waitFor()
  })

  test(`F16 in ${kind} the program behind the page dies, or throws: the page says so, and it goes on`, async () => {
    const peer = await community.welcome(`lives-${kind}`, 'Lev')
    await peer.client.settings.setAcceptance('allowed')
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await page.addInitScript(rememberWorkers)
    await page.reload()
    await own.register(`dies-${kind}`, 'Dina')
    await own.ask(`lives-${kind}`)
    await page.getByRole('heading', { name: 'Lev' }).waitFor()
    await own.write('before')
    await own.putSheetAway()
    for (const end of [terminateWorker, throwInWorker]) {
      await page.evaluate(noteWhatIsTold)
      await page.evaluate(end)
      const told = () => page.evaluate(() => (globalThis as { told?: string }).told)
      await expect.poll(told, { timeout: 60_000 }).toContain('Veche has stopped in this tab')
      await own.write(`after ${end.name}`)
      await own.sees(`after ${end.name}`)
      await page.getByText('Veche has stopped in this tab').waitFor({ state: 'detached' })
    }
    const chat = await onlyChat(peer)
    const texts = async () => (await peer.client.history(chat, { limit: 10 })).map(({ text }) => text)
    await expect
      .poll(texts, { timeout: 60_000 })
      .toEqual(['before', 'after terminateWorker', 'after throwInWorker'])
    expect(await page.evaluate(() => (globalThis as { workers?: Worker[] }).workers?.length)).toBe(3)
  })
})

/** For a test to lay its hands on them. */
function rememberWorkers(): void {
  const workers: Worker[] = []
  Object.assign(globalThis, { workers })
  globalThis.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given)
      workers.push(this)
    }
  }
}

/** As when its process was killed. */
function terminateWorker(): void {
  ;(globalThis as unknown as { workers: Worker[] }).workers.at(-1)!.terminate()
}

/** As its page hears of an exception that nobody catches. */
function throwInWorker(): void {
  ;(globalThis as unknown as { workers: Worker[] }).workers.at(-1)!.dispatchEvent(new ErrorEvent('error'))
}

/** Whatever stands there for a moment is noted. */
function noteWhatIsTold(): void {
  const note = globalThis as { told?: string }
  note.told = ''
  const place = document.querySelector('.told')!
  new MutationObserver(() => {
    note.told += place.textContent
  }).observe(place, { childList: true, subtree: true, characterData: true })
}

/** The page may show a chat before the other side has got its welcome. */
async function onlyChat({ client }: Person): Promise<ChatId> {
  await until(() => client.chats().length === 1)
  return client.chats()[0]!.chat
}
