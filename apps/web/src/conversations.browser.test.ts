/** What a conversation does in real browsers when the connection goes, and when its history is long. */
import type { ChatId } from '@veche/protocol'
import { Community, type Person, until } from '@veche/testkit'
import { inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Visitor } from './testing/visitor.ts'

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

  test(`M14 in ${kind} a long history is read upwards in pages, and what is read does not move`, async () => {
    const peer = await community.welcome(`long-${kind}`, 'Lara')
    await peer.client.settings.setAcceptance('allowed')
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`reads-${kind}`, 'Rita')
    await own.ask(`long-${kind}`)
    await page.getByRole('heading', { name: 'Lara' }).waitFor()
    const chat = await onlyChat(peer)
    for (let count = 1; count <= 150; count++) await peer.client.send(chat, `line ${count} of many`)
    await own.sees('line 150 of many')
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
    await list.evaluate((box) => {
      box.scrollTop = 0
    })
    await page.locator('.message', { hasText: 'line 1 of many' }).first().waitFor()
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
