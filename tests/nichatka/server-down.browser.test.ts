/** A Nichatka that is not there takes nothing of its host away. */
import { expect, test } from 'vitest'
import { eventually, inBrowsers } from './in-browsers.ts'

await inBrowsers('without the server', ['chromium'], (stage) => {
  test('N20 without a network the host’s console stays empty, and the bell says that it is stale', async () => {
    const { enter } = stage()
    const vera = await enter('вера')
    const stale = vera.page.locator('nichatka-bell [data-state="stale"]')
    const fresh = vera.page.locator('nichatka-bell [data-state="fresh"]')
    await vera.openPanel()
    await vera.compose(['борис'], 'Напишу без сети')
    // What is under way as the network goes must fail, and the browser itself writes that to the console: where something
    // was begun in that very moment, the network comes back and goes again.
    do {
      await vera.page.context().setOffline(false)
      await fresh.waitFor()
      vera.console.length = 0
      await eventually(() => vera.underWay.size).toBe(0)
      await vera.page.context().setOffline(true)
      await stale.waitFor()
    } while (vera.console.some((line) => line.startsWith('Failed to load resource: net::')))
    await vera.form.getByRole('button', { name: 'Отправить' }).click()
    await vera.notice.getByText('Нет связи').waitFor()
    expect(await vera.form.getByLabel('Текст сообщения').inputValue()).toBe('Напишу без сети')
    await vera.page.context().setOffline(false)
    await fresh.waitFor()
    await vera.form.getByRole('button', { name: 'Отправить' }).click()
    await vera.form.waitFor({ state: 'hidden' })
    expect(vera.console).toEqual([])
  })

  // The last of this file: it ends the server.
  test('N20 when the server is gone, the host works on, and no script of the page fails', async () => {
    const { vehno, enter } = stage()
    const vera = await enter('вера')
    await vera.openPanel()
    vehno.killNichatka()
    await vera.page.locator('nichatka-bell [data-state="stale"]').waitFor()
    await vera.page.getByRole('link', { name: 'Мои задания' }).click()
    await vera.page.getByRole('heading', { name: 'Мои задания' }).waitFor()
    await vera.page.reload()
    await vera.page.getByRole('link', { name: 'Запросы', exact: true }).click()
    await eventually(() => vera.page.getByRole('table').count()).toBe(1)
    // What a browser itself says of a request that reached nobody cannot be taken back by a page.
    expect(vera.console.filter((line) => !line.startsWith('Failed to load resource: net::'))).toEqual([])
  })
})
