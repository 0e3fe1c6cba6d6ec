/** A smoke run in WebKit: the way of one message there and back. */
import { openBrowser } from '@veche/testkit/browsers'
import { expect, test } from 'vitest'
import { withVehno } from './in-browsers.ts'

await withVehno('WebKit', ['webkit'], (vehno) => {
  test('N21 bell, panel, sending, reading and replying work in WebKit', async () => {
    const [vera, boris] = await vehno().hire('вера', 'борис')
    await using page = await openBrowser('webkit')
    await page.resize(1280, 900)
    await signIn(vera!)
    await page.click('nichatka-bell button, button[part="bell"]')
    await page.click('summary', 'Написать сообщение')
    await page.type('#n-q', boris!)
    await page.click('[data-pick="to"] button', boris!)
    await page.type('#n-text', 'Письмо из WebKit')
    await page.click('form[data-draft="new"] button[type="submit"]')
    await page.waitFor('[data-key="notice"]', 'Сообщение отправлено')

    await page.click('button', 'Выйти')
    await signIn(boris!)
    await page.waitFor('[data-key="bell"]', '1 новое сообщение')
    await page.click('button[part="bell"]')
    expect(await page.text('article', 'Письмо из WebKit')).toContain(vera)
    await page.click('article button', 'Прочитано')
    await page.waitFor('[data-key="bell"]', 'Новых сообщений нет')
    await page.click('article button', 'Ответить')
    await page.type('form[data-draft^="reply-"] textarea', 'Дошло')
    await page.click('form[data-draft^="reply-"] button[type="submit"]')
    await page.waitFor('[data-key="notice"]', 'Сообщение отправлено')

    await page.click('button', 'Выйти')
    await signIn(vera!)
    await page.click('button[part="bell"]')
    expect(await page.text('article', 'Дошло')).toContain('Письмо из WebKit')

    async function signIn(nickname: string): Promise<void> {
      await page.open(`${vehno().url}/login/`)
      await page.type('[name=username]', nickname)
      await page.type('[name=password]', vehno().password)
      await page.click('main button', 'Войти')
      await page.waitFor('button[part="bell"][data-state="fresh"]')
    }
  })
})
