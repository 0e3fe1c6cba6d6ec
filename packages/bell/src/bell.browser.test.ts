import { inBrowsers } from '@veche/testkit/browsers'
import { expect, test } from 'vitest'
import { openHost } from './testing/host-page.ts'
import { bellFragment, stubToken } from './testing/stub-service.ts'

inBrowsers('N8 N20 the bell', (browser, kind) => {
  test('N8 C2 the bell shows the number under a strict policy, without a word in the console', async () => {
    await using host = await openHost(browser())
    expect(await host.bell.innerText()).toContain('2')
    expect(await host.page.getByRole('button', { name: 'Новых сообщений: 2' }).count()).toBe(1)
    expect(host.errors).toEqual([])
    const [first] = host.stub.asked
    expect(Object.fromEntries(first!.fields)).toMatchObject({ user: 'vera', lang: 'ru' })
    expect(first!.fields.get('tz')).not.toBe('')
    expect(first!.headers.authorization).toMatch(/^Bearer v1\./)
    expect(first!.headers.cookie).toBeUndefined()
  })

  test('N8 it asks again after the interval, and shows what changed', async () => {
    await using host = await openHost(browser())
    await host.page.evaluate(() => {
      document.addEventListener('nichatka-status', (event) => {
        document.title = JSON.stringify((event as CustomEvent).detail)
      })
    })
    Object.assign(host.stub.state, { unread: 3, critical: 1 })
    await host.page.getByRole('button', { name: 'из них критичных: 1' }).waitFor()
    expect(await host.bell.locator('[aria-hidden=true]').last().innerText()).toContain('3')
    expect(JSON.parse(await host.page.title())).toEqual({ unread: 3, priority: 'critical' })
    expect(await host.page.locator('nichatka-bell [role=status]').innerText()).toContain('критичных: 1')
    host.stub.state.critical = 0
    await host.askNow()
    await host.page.getByRole('button', { name: /Новых сообщений: 3$/ }).waitFor()
    expect(await host.page.locator('nichatka-bell [role=status]').textContent()).toBe('')
  })

  test('N20 the bell takes the same place before, while and after it knows', async () => {
    await using host = await openHost(browser())
    const boxes = [await host.page.locator('nichatka-bell').boundingBox()]
    Object.assign(host.stub.state, { unread: 99, critical: 9 })
    await host.askNow()
    await host.page.getByRole('button', { name: 'Новых сообщений: 99' }).waitFor()
    boxes.push(await host.page.locator('nichatka-bell').boundingBox())
    host.stub.state.fault = () => ({ status: 503 })
    await host.askNow()
    await host.page.locator('[data-state=stale]').waitFor()
    boxes.push(await host.page.locator('nichatka-bell').boundingBox())
    expect(boxes[0]).toMatchObject({ width: 44, height: 44 })
    expect(new Set(boxes.map((box) => JSON.stringify(box))).size).toBe(1)
  })

  test('N20 while the service is away the bell says so, and comes back by itself', async () => {
    await using host = await openHost(browser())
    host.stub.state.fault = () => ({ status: 503, body: '<div data-key="notice"></div>' })
    await host.askNow()
    await host.page.locator('nichatka-bell [data-state=stale]').waitFor()
    expect(await host.bell.getAttribute('title')).toBe('Нет связи')
    expect(await host.bell.innerText()).toContain('2')
    host.stub.state.fault = undefined
    await host.page.locator('nichatka-bell [data-state=fresh]').waitFor()
    expect(host.errors).toEqual([])
  })

  test('N14 a token that has expired is renewed once, for all who ask', async () => {
    await using host = await openHost(browser())
    const renewed = stubToken(299)
    host.stub.state.token = { status: 200, body: renewed }
    host.stub.state.fault = ({ headers }) =>
      headers.authorization === `Bearer ${renewed}`
        ? undefined
        : {
            status: 401,
            headers: { 'Nichatka-Error': 'token-expired' },
            body: '<div data-key="notice"></div>',
          }
    await host.openPanel()
    expect(host.stub.tokensGiven()).toBe(1)
    expect(await host.bell.getAttribute('data-state')).toBe('fresh')
  })

  test('N14 a token that stays expired signs out: nothing is asked until the attribute changes', async () => {
    await using host = await openHost(browser())
    const refused = { status: 401, headers: { 'Nichatka-Error': 'token-expired' }, body: '' }
    host.stub.state.fault = () => refused
    await host.askNow()
    await host.page.locator('nichatka-bell [data-state=out]').waitFor({ state: 'attached' })
    expect(await host.bell.isVisible()).toBe(false)
    const before = host.stub.asked.length
    host.stub.state.fault = undefined
    await host.askNow()
    await host.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
    expect(host.stub.asked.length).toBe(before)
    await host.page
      .locator('nichatka-bell')
      .evaluate((bell, token) => bell.setAttribute('token', token), stubToken(200))
    await host.page.locator('nichatka-bell [data-state=fresh]').waitFor()
  })

  test.each([
    ['a sign-in page', { status: 200, body: '<!doctype html><title>Sign in</title>' }],
    ['a redirect', { status: 302, headers: { Location: '/token2' } }],
    ['a refusal', { status: 403 }],
  ])('N14 %s in the place of a token signs out', async (_, answer) => {
    await using host = await openHost(browser(), {
      prepare: ({ state }) => {
        state.body = state.body.replace(/token="[^"]*"/, `token="${stubToken(1)}"`)
      },
    })
    host.stub.state.token = answer
    await host.page.locator('nichatka-bell [data-state=out]').waitFor({ state: 'attached' })
    expect(host.errors).toEqual([])
  })

  test('N20 the pages of one browser share one question', async () => {
    await using host = await openHost(browser())
    let number = 100
    host.stub.state.fault = ({ path }) =>
      path === 'status' ? { status: 200, body: bellFragment({ unread: number++, critical: 0 }) } : undefined
    const other = await host.context.newPage()
    await other.goto(host.stub.url)
    // Every answer has a number of its own: two pages that come to show the same one share an answer.
    await other.locator('nichatka-bell [data-unread="101"]').waitFor({ state: 'attached' })
    await host.page.locator('nichatka-bell [data-unread="101"]').waitFor({ state: 'attached' })
    await other.close()
    await host.page.locator('nichatka-bell [data-unread="102"]').waitFor({ state: 'attached' })
  })

  test('N20 a bell that is moved goes on; one that is removed asks nothing more', async () => {
    await using host = await openHost(browser())
    await host.openPanel()
    await host.page.evaluate(() =>
      document.querySelector('main')?.append(document.querySelector('nichatka-bell')!),
    )
    expect(await host.panel.isVisible()).toBe(true)
    await host.page.evaluate(() => document.querySelector('nichatka-bell')?.remove())
    await host.panel.waitFor({ state: 'detached' })
    const [locks, asked] = [await host.page.evaluate(heldLocks), host.stub.asked.length]
    expect(locks).toBe(0)
    await host.askNow()
    await host.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
    expect(host.stub.asked.length).toBe(asked)
    expect(host.errors).toEqual([])
  })

  test('N20 a host that writes no elements mounts a bell; two bells have a panel each', async () => {
    await using host = await openHost(browser())
    await host.page.evaluate(
      ([token]) => {
        const { nichatka } = window as unknown as {
          nichatka: { mount(element: Element, options: object): void }
        }
        nichatka.mount(document.querySelector('main')!, { src: '/nichatka/', user: 'bob', token, lang: 'en' })
      },
      [stubToken()],
    )
    const second = host.page.locator('main nichatka-bell button')
    await host.page.locator('main nichatka-bell [data-state=fresh]').waitFor()
    await second.click()
    await host.page.locator('nichatka-panel [lang=en] article').first().waitFor()
    expect(await host.page.locator('nichatka-panel').count()).toBe(1)
    await host.page.keyboard.press('Escape')
    await host.bell.click()
    await host.page.locator('nichatka-panel [lang=ru] article').first().waitFor()
    expect(await host.page.locator('nichatka-panel').count()).toBe(2)
    expect(
      host.stub.asked.some(({ fields }) => fields.get('user') === 'bob' && fields.get('lang') === 'en'),
    ).toBe(true)
  })

  if (kind === 'chromium')
    test('N20 a question costs the host next to nothing', async ({ annotate }) => {
      await using host = await openHost(browser())
      const session = await host.context.newCDPSession(host.page)
      await session.send('Performance.enable')
      const spentMs = async (...names: string[]) => {
        const { metrics } = await session.send('Performance.getMetrics')
        return metrics.reduce((sum, { name, value }) => sum + (names.includes(name) ? value * 1_000 : 0), 0)
      }
      const own = () => spentMs('ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration')
      const all = () => spentMs('TaskDuration')
      let unread = 0
      host.stub.state.fault = () => ({ status: 200, body: bellFragment({ unread: unread++, critical: 0 }) })
      const times = 50
      const before = [await own(), await all()] as const
      await host.page.evaluate(askAgainAndAgain, times)
      const [ownMs, allMs] = [((await own()) - before[0]) / times, ((await all()) - before[1]) / times]
      expect(unread).toBeGreaterThanOrEqual(times)
      await annotate(
        `each question: ${ownMs.toFixed(2)} ms of script, style and layout; ${allMs.toFixed(2)} ms of all tasks, drawing too`,
      )
    })

  test('C6 a thousand bad messages and events to the page do nothing', async () => {
    await using host = await openHost(browser())
    await host.openPanel()
    const before = await host.panel.evaluate((panel) => panel.textContent)
    await host.page.evaluate(() => {
      const bad = [null, 1, {}, '<img src=x onerror=alert(1)>', { html: '<b>' }, [], 'status']
      for (let index = 0; index < 1_000; index++) {
        const data = bad[index % bad.length] ?? null
        postMessage(data, '*')
        dispatchEvent(new MessageEvent('message', { data, origin: 'https://evil.example' }))
        document.dispatchEvent(new CustomEvent('nichatka-status', { detail: data }))
      }
      new BroadcastChannel('nichatka:/nichatka/vera').postMessage('<script data-key="bell"></script>')
    })
    await host.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    expect(await host.panel.evaluate((panel) => panel.textContent)).toBe(before)
    expect(await host.bell.innerText()).toContain('2')
    expect(host.errors).toEqual([])
  })
})

/** Runs in the page. */
async function heldLocks(): Promise<number> {
  const { held, pending } = await navigator.locks.query()
  return (held?.length ?? 0) + (pending?.length ?? 0)
}

/** Runs in the page: each question is asked when the one before is answered. */
function askAgainAndAgain(times: number): Promise<void> {
  return new Promise((resolve) => {
    let left = times
    document.addEventListener('nichatka-status', () => {
      if (left-- === 0) resolve()
      else setTimeout(() => dispatchEvent(new Event('online')), 20)
    })
    dispatchEvent(new Event('online'))
  })
}
