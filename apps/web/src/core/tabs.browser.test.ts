import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account, ShownMessage } from '@veche/client'
import type { ChatId } from '@veche/protocol'
import { Community, type Person } from '@veche/testkit'
import {
  type BrowserContext,
  inBrowsers,
  missingPackages,
  openBrowser,
  openLasting,
} from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Tab } from './testing/tab.ts'

const PASSWORD = 'olive harbour lantern web'
const TIMEOUT = { timeout: 60_000 }

let community: Community
let bob: Person
beforeAll(async () => {
  community = await Community.start()
  bob = await community.welcome('bob')
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('F16 M18 tabs', (browser, kind) => {
  const contexts: BrowserContext[] = []
  afterAll(async () => {
    for (const context of contexts) await context.close()
  })
  const newContext = async () => {
    const context = await browser().newContext()
    contexts.push(context)
    return context
  }

  test('M9 two tabs have one core: what one does the other sees, and a call that is none is refused', async () => {
    const context = await newContext()
    const [first, second] = [await Tab.open(context, community.url), await Tab.open(context, community.url)]
    const handle = `two-${kind}`
    const made = await first.call<{ recovery: string }>('register', {
      handle,
      name: 'Two',
      password: PASSWORD,
    })
    expect(made.recovery.split(' ')).toHaveLength(12)
    expect(await second.call<Account>('account')).toMatchObject({ kind: 'ready', handle })
    await second.until('connected')
    const chat = await chatWithBob(first, handle)
    const { id } = await second.call<{ id: string }>('send', chat, 'from the second tab')
    await expect.poll(() => idsAt(bob, chat), TIMEOUT).toContain(id)
    await bob.client.send(chat, 'to both')
    for (const tab of [first, second]) {
      const texts = async () =>
        (await tab.heard()).flatMap((event) => (event.type === 'message' ? [event.text] : []))
      await expect.poll(texts, TIMEOUT).toContain('to both')
    }
    await expect(first.call('login', { handle, password: PASSWORD })).rejects.toMatchObject({
      name: 'UsageError',
      reason: 'already_registered',
    })
    await expect(first.call('findChat', '@nobody-at-all')).rejects.toMatchObject({ name: 'UsageError' })
  })

  test('F16 the tab with the core is closed in the middle of sending: nothing is lost, nothing is doubled', async () => {
    const context = await newContext()
    const [leader, other] = [await Tab.open(context, community.url), await Tab.open(context, community.url)]
    const handle = `moved-${kind}`
    await leader.call('register', { handle, name: 'Moved', password: PASSWORD })
    const chat = await chatWithBob(other, handle)
    const sending = other.page.evaluate(sendMany, [chat, 40] as const)
    await expect.poll(() => idsAt(bob, chat).then(({ length }) => length), TIMEOUT).toBeGreaterThan(3)
    await leader.page.close()
    const sent = await sending
    await other.until('moved')
    expect(new Set(sent).size).toBe(40)
    await expect.poll(async () => (await idsAt(bob, chat)).toSorted(), TIMEOUT).toEqual(sent.toSorted())
    const mine = async () => (await historyOf(other, chat)).map(({ id }) => id as string).toSorted()
    await expect.poll(mine, TIMEOUT).toEqual(sent.toSorted())
    expect(await other.call<Account>('account')).toMatchObject({ handle })
  })

  test('F16 a reload in the middle of sending loses nothing that was taken', async () => {
    const tab = await Tab.open(await newContext(), community.url)
    const handle = `reload-${kind}`
    await tab.call('register', { handle, name: 'Reload', password: PASSWORD })
    const chat = await chatWithBob(tab, handle)
    const sending = tab.page.evaluate(sendMany, [chat, 200] as const).catch(() => undefined)
    const taken = () => tab.page.evaluate(() => (globalThis as { taken?: string[] }).taken ?? [])
    await expect.poll(async () => (await taken()).length, TIMEOUT).toBeGreaterThan(5)
    const before = await taken()
    await tab.page.reload()
    await sending
    await tab.connect()
    const ids = async () => (await historyOf(tab, chat)).map(({ id }) => id as string)
    expect(await ids()).toEqual(expect.arrayContaining(before))
    await expect.poll(() => idsAt(bob, chat), TIMEOUT).toEqual(expect.arrayContaining(before))
    const all = await idsAt(bob, chat)
    expect(new Set(all).size).toBe(all.length)
  })

  test('F16 M16 the browser is killed and opened again: the account and its history are there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'veche-lasting-'))
    const handle = `killed-${kind}`
    let chat: ChatId
    const sent: string[] = []
    {
      await using lasting = await openLasting(kind, folder)
      const tab = await Tab.open(lasting.context, community.url)
      await tab.call('register', { handle, name: 'Killed', password: PASSWORD })
      chat = await chatWithBob(tab, handle)
      for (let count = 0; count < 5; count++) {
        sent.push((await tab.call<{ id: string }>('send', chat, `before ${count}`)).id)
      }
      await lasting.kill()
    }
    {
      await using lasting = await openLasting(kind, folder)
      const tab = await Tab.open(lasting.context, community.url)
      expect(await tab.call<Account>('account')).toMatchObject({ kind: 'ready', handle })
      expect((await historyOf(tab, chat)).map(({ id }) => id as string)).toEqual(sent)
      sent.push((await tab.call<{ id: string }>('send', chat, 'after')).id)
      await expect.poll(() => idsAt(bob, chat), TIMEOUT).toEqual(sent)
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test('M16 signing out erases the profile, or keeps the histories for who signs in again', async () => {
    const context = await newContext()
    const [tab, other] = [await Tab.open(context, community.url), await Tab.open(context, community.url)]
    const handle = `leaves-${kind}`
    expect(await tab.call<Account>('account')).toEqual({ kind: 'none' })
    const fresh = await tab.page.evaluate(countRecords)
    await tab.call('register', { handle, name: 'Leaves', password: PASSWORD })
    const chat = await chatWithBob(tab, handle)
    await tab.call('send', chat, 'kept')
    await tab.call('logout', { keepHistory: true })
    expect(await other.call<Account>('account')).toEqual({ kind: 'none' })
    await other.call('login', { handle, password: PASSWORD })
    const texts = async () => (await historyOf(other, chat)).map(({ text }) => text)
    await expect.poll(texts, TIMEOUT).toContain('kept')
    await other.call('logout', { keepHistory: false })
    expect(await tab.call<Account>('account')).toEqual({ kind: 'none' })
    expect(await tab.page.evaluate(countRecords)).toBe(fresh)
    await tab.call('register', { handle: `${handle}-2`, name: 'Anew', password: PASSWORD })
  })

  test('M8 a device is let in from a tab that has not the core, by functions of its page', async () => {
    const context = await newContext()
    await Tab.open(context, community.url)
    const tab = await Tab.open(context, community.url)
    const handle = `links-${kind}`
    await tab.call('register', { handle, name: 'Links', password: PASSWORD })
    const outcome = tab.page.evaluate(async (password) => {
      const shown = globalThis as { code?: string; digits?: string }
      return veche.devices.link({
        password,
        signal: new AbortController().signal,
        onCode: (code) => {
          shown.code = code
        },
        confirm: async (digits) => {
          shown.digits = digits
          return true
        },
      })
    }, PASSWORD)
    const code = () => tab.page.evaluate(() => (globalThis as { code?: string }).code)
    await expect.poll(code, TIMEOUT).toBeDefined()
    const { MemoryFiles } = await import('@veche/history')
    const device = await community.open(new MemoryFiles())
    let digits: string | undefined
    const signal = new AbortController().signal
    const onDigits = (told: string) => {
      digits = told
    }
    const account = await device.loginByLink({ code: (await code())!, onDigits, signal })
    expect(account.handle).toBe(handle)
    expect(await outcome).toBe('linked')
    expect(await tab.page.evaluate(() => (globalThis as { digits?: string }).digits)).toBe(digits)
  })
})

whereInstalled(
  'F16 tabs in webkit',
  () => missingPackages(['webkit']),
  () => {
    test('M2 F16 webkit: an account, a message, a reload, and the history is there', async () => {
      await using page = await openBrowser('webkit')
      await page.open(community.url)
      const run = (body: string, ...args: unknown[]) =>
        page.execute(
          `return (async (args) => {
          if (!globalThis.veche) {
            const { href } = document.querySelector('link[href*="/assets/connect-"]')
            globalThis.veche = (await import(href)).connectToCore()
          }
          ${body}
        })([...arguments])`,
          ...args,
        )
      const handle = 'webkit'
      const account = { handle, name: 'WebKit', password: PASSWORD }
      await run('return (await veche.register(args[0])).handle', account)
      await run(`return (await veche.requests.ask('bob')).kind`)
      const { incoming } = await bob.client.requests.list()
      const { chat } = await bob.client.requests.answer(
        incoming.find((each) => each.handle === handle)!.id,
        'allow',
      )
      const known = () => run('return (await veche.chats()).map(({ chat }) => chat)')
      await expect.poll(known, TIMEOUT).toContain(chat)
      const id = await run(`return (await veche.send(args[0], 'from webkit')).id`, chat)
      await expect.poll(() => idsAt(bob, chat!), TIMEOUT).toContain(id)
      await page.reload()
      const ids = await run('return (await veche.history(args[0], { limit: 10 })).map(({ id }) => id)', chat)
      expect(ids).toContain(id)
    })
  },
)

/** The tab's person asks, Bob allows. */
async function chatWithBob(tab: Tab, handle: string): Promise<ChatId> {
  await tab.call('requests.ask', 'bob')
  const { incoming } = await bob.client.requests.list()
  const { chat } = await bob.client.requests.answer(
    incoming.find((each) => each.handle === handle)!.id,
    'allow',
  )
  const known = async () => (await tab.call<{ chat: ChatId }[]>('chats')).map(({ chat }) => chat)
  await expect.poll(known, TIMEOUT).toContain(chat)
  return chat!
}

async function idsAt({ client }: Person, chat: ChatId): Promise<string[]> {
  return (await client.history(chat, { limit: 1000 })).map(({ id }) => id)
}

function historyOf(tab: Tab, chat: ChatId): Promise<ShownMessage[]> {
  return tab.call('history', chat, { limit: 1000 })
}

/** One after the other; what was taken is noted in the page. */
async function sendMany([chat, count]: readonly [ChatId, number]): Promise<string[]> {
  const taken: string[] = []
  Object.assign(globalThis, { taken })
  for (let number = 0; number < count; number++) {
    taken.push((await veche.send(chat, `number ${number}`)).id)
  }
  return taken
}

/** In all databases of the origin. */
async function countRecords(): Promise<number> {
  let count = 0
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    for (const store of database.objectStoreNames) {
      const request = database.transaction(store).objectStore(store).count()
      count += await new Promise<number>((resolve) => {
        request.onsuccess = () => resolve(request.result)
      })
    }
    database.close()
  }
  return count
}
