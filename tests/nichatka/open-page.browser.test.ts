/** The bell and the panel while time goes by: what comes of itself, and what stays as it is. */
import { openBrowser } from '@veche/testkit/browsers'
import { expect, test } from 'vitest'
import { Colleague } from './colleague.ts'
import { eventually, inBrowsers } from './in-browsers.ts'

await inBrowsers('an open page', ['chromium', 'firefox'], (stage, kind) => {
  test('N8 the bell shows the number and the highest priority on load, and later by itself', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    expect(await boris.heard()).toBe('Новых сообщений нет')
    await vera.sendAll(boris.nickname, ['Обычное'])
    await eventually(() => boris.heard()).toBe('1 новое сообщение')
    expect(await boris.bell.innerText()).toMatch(/^1\b/)
    await vera.openPanel()
    await vera.write([boris.nickname], 'Срочно', 'критично')
    await eventually(() => boris.heard()).toBe('2 новых сообщения, есть критичные')
    expect(await boris.bell.locator('[data-key="bell"]').getAttribute('data-priority')).toBe('critical')
    await boris.page.reload()
    await eventually(() => boris.heard()).toBe('2 новых сообщения, есть критичные')
  })

  test('N9 a click on the bell opens the panel with what is in it, and another one hides it', async () => {
    const { enter } = stage()
    const boris = await enter('борис')
    const asked: string[] = []
    boris.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    expect(await boris.panel.isVisible()).toBe(false)
    expect(await boris.bell.getAttribute('aria-expanded')).toBe('false')
    expect(asked.filter((path) => path.endsWith('/panel'))).toEqual([])
    await boris.openPanel()
    expect(asked.filter((path) => path.endsWith('/panel'))).toHaveLength(1)
    expect(await boris.bell.getAttribute('aria-expanded')).toBe('true')
    await boris.bell.click()
    await boris.panel.waitFor({ state: 'hidden' })
    expect(await boris.bell.getAttribute('aria-expanded')).toBe('false')
    await boris.openPanel()
    await boris.panel.getByRole('button', { name: 'Закрыть панель' }).click()
    await boris.panel.waitFor({ state: 'hidden' })
  })

  test('N11 the open panel refreshes itself, but nothing interrupts who is typing: “n new” waits', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await boris.openPanel()
    await vera.sendAll(boris.nickname, ['Пришло само'])
    await boris.message('Пришло само').waitFor()

    await boris.compose([vera.nickname], 'Начало ')
    const text = boris.form.getByLabel('Текст сообщения')
    await text.pressSequentially('и конец')
    await text.press('ArrowLeft')
    await vera.sendAll(boris.nickname, ['Пока писали, одно', 'Пока писали, другое'])
    await boris.news.getByText('Пока вы писали, пришло 2').waitFor()
    expect(await boris.messages.count()).toBe(1)
    await text.pressSequentially('!')
    expect(await text.inputValue()).toBe('Начало и коне!ц')
    await boris.news.getByRole('button', { name: 'Показать' }).click()
    await eventually(() => boris.messages.count()).toBe(3)
    expect(await text.inputValue()).toBe('Начало и коне!ц')
    expect(await boris.form.locator('[data-chosen="to"]').innerText()).toContain(vera.nickname)
  })

  test('N11 a draft survives closing the panel and reloading the page, and is gone once it is sent', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await vera.openPanel()
    await vera.compose([boris.nickname], 'Недописанное', 'важно')
    await vera.bell.click()
    await vera.openPanel()
    await vera.page.reload()
    await vera.openPanel()
    await vera.openForm()
    expect(await vera.form.getByLabel('Текст сообщения').inputValue()).toBe('Недописанное')
    expect(await vera.form.getByLabel('Приоритет').inputValue()).toBe('important')
    await vera.form.locator('[data-chosen="to"]').getByRole('checkbox', { name: boris.nickname }).waitFor()
    await vera.form.getByRole('button', { name: 'Отправить' }).click()
    await vera.form.waitFor({ state: 'hidden' })
    await vera.page.reload()
    await vera.openPanel()
    await vera.openForm()
    expect(await vera.form.getByLabel('Текст сообщения').inputValue()).toBe('')
    await boris.openPanel()
    expect(await boris.messages.count()).toBe(1)
  })

  if (kind === 'firefox')
    test('N21 two people in two browsers write to each other, each seeing it come', async () => {
      const { vehno, enter } = stage()
      await using chromium = await openBrowser('chromium')
      const [nickname] = await vehno.hire('вера')
      const [vera, boris] = [await Colleague.signIn(vehno, chromium, nickname!), await enter('борис')]
      await Promise.all([vera.openPanel(), boris.openPanel()])
      await vera.write([boris.nickname], 'Вы где?')
      await boris.message('Вы где?').waitFor()
      await boris.answer('Вы где?', 'Во дворе.')
      await vera.message('Во дворе.').waitFor()
      await vera.answer('Во дворе.', 'Иду.')
      await boris.message('Иду.').waitFor()
    })
})
