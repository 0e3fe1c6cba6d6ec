import { missingPackages, openBrowser } from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import { expect, test } from 'vitest'
import { serveStub } from './testing/stub-service.ts'

const missing = () => missingPackages(['webkit'])

whereInstalled('N20 webkit', missing, () => {
  test('N20 webkit: the bell counts, the panel opens, a message is sent and the panel closes', async () => {
    await using stub = await serveStub()
    await using page = await openBrowser('webkit')
    await page.resize(1_000, 800)
    await page.open(`${stub.url}/`)
    await page.waitFor('[data-state=fresh]')
    expect(await page.text('[part=bell]')).toContain('2')
    await page.click('[part=bell]')
    await page.waitFor('article', 'До шести')
    await page.click('[data-pick] button', 'борис')
    await page.type('textarea', 'Приду')
    await page.click('button', 'Отправить')
    await page.waitFor('[data-key=notice]', 'Отправлено')
    const sent = stub.asked.find(({ method }) => method === 'POST')
    expect(Object.fromEntries(sent!.fields)).toMatchObject({ to: 'user:борис', text: 'Приду' })
    await page.click('[data-close]')
    const opens = "return document.querySelector('nichatka-panel').hasAttribute('open')"
    expect(await page.execute(opens)).toBe(false)
    expect(await page.execute('return document.activeElement.localName')).toBe('nichatka-bell')
  })
})
