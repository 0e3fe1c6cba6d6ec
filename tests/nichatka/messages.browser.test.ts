/** What people do with messages, as they see it. */
import { expect, test } from 'vitest'
import { eventually, inBrowsers } from './in-browsers.ts'

await inBrowsers('messages', ['chromium', 'firefox'], (stage) => {
  test('N10 a message to one person is sent from the panel and shown with sender, time and recipient', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await vera.openPanel()
    await vera.write([boris.nickname], 'Рассада готова, приходите.', 'важно')
    expect(await vera.notice.innerText()).toContain('Сообщение отправлено')
    await vera.goTo('Исходящие')
    expect(await vera.message('Рассада').innerText()).toContain(boris.nickname)

    await boris.openPanel()
    const message = boris.message('Рассада готова, приходите.')
    expect(await message.getAttribute('aria-label')).toBe(`Сообщение от ${vera.nickname}`)
    expect(await message.locator('header').innerText()).toContain('важно')
    expect(await message.innerText()).toMatch(/Кому:\s*вы/)
    expect(await message.locator('time').getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(await message.locator('time').getAttribute('title')).not.toBe('')
  })

  test('N4 a reply keeps its parent’s priority, whatever its reader’s own view of it', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await vera.openPanel()
    await vera.write([boris.nickname], 'Прорвало трубу', 'критично')
    await boris.openPanel()
    const message = boris.message('Прорвало трубу')
    await message.getByLabel('Приоритет, как его видите вы').selectOption({ label: 'обычно' })
    await eventually(() => message.getAttribute('data-priority')).toBe('ordinary')
    expect(await boris.heard()).toBe('1 новое сообщение')

    await boris.answer('Прорвало трубу', 'Уже иду')
    await vera.goTo('Исходящие')
    expect(await vera.message('Прорвало').getAttribute('data-priority')).toBe('critical')
    await vera.goTo('Входящие')
    const reply = vera.message('Уже иду')
    expect(await reply.getAttribute('data-priority')).toBe('critical')
    expect(await reply.innerText()).toContain('Прорвало трубу')
    await boris.page.reload()
    await boris.openPanel()
    expect(await message.getAttribute('data-priority')).toBe('ordinary')
  })

  test('N3 a label is seen by the one who set it, alone, and by a word besides its colour', async () => {
    const { enter } = stage()
    const [vera, boris, anna] = [await enter('вера'), await enter('борис'), await enter('анна')]
    await vera.openPanel()
    await vera.write([boris.nickname, anna.nickname], 'Смета на июнь')
    await boris.openPanel()
    const message = boris.message('Смета на июнь')
    const label = message.getByLabel('Метка, видна только вам')
    expect(await label.locator('option').count()).toBeGreaterThanOrEqual(7)
    await label.selectOption({ label: 'зелёная' })
    await eventually(() => message.getAttribute('data-color')).toBe('green')
    expect(await message.locator('header').innerText()).toContain('зелёная')

    await boris.page.reload()
    await boris.openPanel()
    expect(await message.getAttribute('data-color')).toBe('green')
    await anna.openPanel()
    expect(await anna.message('Смета на июнь').getAttribute('data-color')).toBeNull()
    await vera.goTo('Исходящие')
    expect(await vera.message('Смета на июнь').getAttribute('data-color')).toBeNull()
  })

  test('N5 reading and hiding change the bell at once, and N6 history keeps what is hidden', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await vera.sendAll(boris.nickname, ['Первое', 'Второе'])
    await boris.page.reload()
    await eventually(() => boris.heard()).toBe('2 новых сообщения')
    await boris.openPanel()
    await boris.message('Первое').getByRole('button', { name: 'Прочитано' }).click()
    await eventually(() => boris.heard()).toBe('1 новое сообщение')
    await eventually(() => boris.message('Первое').getAttribute('data-status')).toBe('read')
    await boris.message('Второе').getByRole('button', { name: 'Скрыть' }).click()
    await eventually(() => boris.heard()).toBe('Новых сообщений нет')

    await boris.goTo('Входящие')
    await eventually(() => boris.messages.count()).toBe(1)
    await boris.goTo('История')
    expect(await boris.message('Второе').innerText()).toContain('скрыто')
    await boris.message('Второе').getByRole('button', { name: 'Вернуть' }).click()
    await eventually(() => boris.message('Второе').getAttribute('data-status')).toBe('read')
    await boris.goTo('Входящие')
    await eventually(() => boris.messages.count()).toBe(2)
  })

  test('N6 N10 history and list are filtered and searched, and the count agrees', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await vera.sendAll(boris.nickname, ['Заказать бумагу', 'Вернуть книги', 'Бумаги опять нет'])
    await boris.openPanel()
    await boris.message('Вернуть книги').getByRole('button', { name: 'Скрыть' }).click()
    await eventually(() => boris.message('Вернуть книги').getAttribute('data-status')).toBe('hidden')
    await boris.goTo('История')
    await boris.panel.locator('summary:text-is("Фильтры и поиск")').click()
    await boris.panel.getByLabel('Поиск по тексту').fill('бумага')
    await eventually(() => boris.messages.count()).toBe(2)
    expect(await boris.list.innerText()).toMatch(/2\sсообщения/)
    await boris.panel.getByLabel('Поиск по тексту').fill('')
    await boris.panel.getByRole('search').getByLabel('Статус').selectOption({ label: 'Скрытые' })
    await eventually(() => boris.messages.count()).toBe(1)
    expect(await boris.messages.innerText()).toContain('Вернуть книги')
    await boris.panel.getByRole('button', { name: 'Сбросить фильтры' }).click()
    await eventually(() => boris.messages.count()).toBe(3)
  })

  test('N10 the paginator leads through all messages, each shown once', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    const texts = Array.from({ length: 45 }, (_, index) => `Строка ${index + 1}.`)
    await vera.sendAll(boris.nickname, texts)
    await boris.openPanel()
    expect(await boris.list.innerText()).toMatch(/45\sсообщений/)
    const seen: string[] = []
    for (const size of [20, 20, 5]) {
      await eventually(() => boris.messages.count()).toBe(size)
      seen.push(...(await boris.messages.locator('p').allInnerTexts()))
      if (size === 20) await turnPage('Старее')
    }
    expect(seen).toEqual(texts.toReversed())
    await turnPage('Новее')
    await eventually(() => boris.messages.first().locator('p').innerText()).toBe('Строка 25.')

    /** Resolves when another page is there. */
    async function turnPage(name: string): Promise<void> {
      const first = await boris.messages.first().getAttribute('data-key')
      await boris.list.getByRole('button', { name }).click()
      await eventually(() => boris.messages.first().getAttribute('data-key')).not.toBe(first)
    }
  })

  test('N12 nobody edits or deletes a message: no page offers it, and the service does not know how', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await vera.openPanel()
    await vera.write([boris.nickname], 'Как написано, так и будет')
    await boris.openPanel()
    const id = (await boris.messages.first().getAttribute('data-key'))!.slice(1)
    const called: string[] = []
    for (const colleague of [vera, boris]) {
      for (const place of ['Входящие', 'Исходящие', 'История'] as const) {
        await colleague.goTo(place)
        expect(await colleague.panel.innerText()).not.toMatch(/измен|удал|исправ|edit|delete/i)
        const calls = await colleague.list
          .locator('[data-call]')
          .evaluateAll((all: readonly Calling[]) =>
            all.map(({ dataset }) => dataset.call.replace(/\d+/, 'N')),
          )
        const offered = ['GET compose', 'GET history', 'GET panel', 'PATCH messages/N']
        expect(new Set([...calls, ...offered])).toEqual(new Set(offered))
        called.push(...calls)
      }
      for (const method of ['DELETE', 'PUT', 'POST'])
        expect((await colleague.ask(method, `messages/${id}`, [['text', 'Иначе']])).status).toBe(405)
      const changed = await colleague.ask('PATCH', `messages/${id}`, [
        ['status', 'read'],
        ['text', 'Иначе'],
      ])
      expect(changed.headers.get('Nichatka-Error')).toBe('field-unknown; name=text')
    }
    expect(called).toContain('PATCH messages/N')
    await boris.goTo('Входящие')
    expect(await boris.messages.first().locator('p').innerText()).toBe('Как написано, так и будет')
  })
})

interface Calling {
  readonly dataset: { readonly call: string }
}
