/** Each main state as a machine judges its barriers, in light, dark and forced colours; and one journey by keyboard alone. */
import { Community } from '@veche/testkit'
import { checkAccessibility, type Emulation, inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passwordOf, Visitor } from './testing/visitor.ts'

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

const emulations: readonly Emulation[] = ['usual', 'dark', 'forced colours']

inBrowsers('accessibility', (browser, kind) => {
  // What axe judges is the same page in both browsers; one of them judges it in all its looks.
  for (const emulation of kind === 'chromium' ? emulations : (['usual'] as const)) {
    test(`M2 in ${kind}, ${emulation}: no main state has a barrier that axe finds`, async () => {
      const mark = `${kind.slice(0, 2)}${emulations.indexOf(emulation)}`
      const host = await community.welcome(`host-${mark}`, 'Hanna')
      const { chat } = await host.client.groups.create({ name: 'Garden', description: 'Seedlings' })
      const { link } = await host.client.groups.invite(chat)
      await using visitor = await Visitor.open(browser(), link, emulation)
      const { page } = visitor
      const look = (state: string) => checkAccessibility(page, state)
      await look('invited')
      for (const way of ['Sign in', 'By a code of another device', 'By the recovery sheet']) {
        await page.getByRole('button', { name: way }).first().click()
        await page.locator('form').waitFor()
        await look(way)
      }
      await page.getByRole('button', { name: 'New account' }).click()
      await page.locator('form button[type=submit]').click()
      await page.getByText('A handle is missing.').waitFor()
      await look('a form with what is wrong')
      await visitor.register(`guest-${mark}`, 'Greta')
      await page.getByRole('heading', { name: 'Garden' }).waitFor()
      await expect.poll(() => host.client.groups.members(chat).length, { timeout: 60_000 }).toBe(2)
      await host.client.groups.setRole(chat, `guest-${mark}`, 'admin')
      await host.client.send(chat, 'See **this**: https://veche.example/\n\n> said\n\n- `one`\n- two')
      await visitor.sees('See this')
      await visitor.write('Thank you')
      await page.locator('.sheet').waitFor()
      await look('the recovery sheet')
      await visitor.putSheetAway()
      await look('a group')
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      await page.getByRole('button', { name: 'About this chat' }).click()
      await page.getByRole('button', { name: 'Make an invite link' }).click()
      await look('about a group, with the form of a link')
      await page.locator('.about form').getByRole('button', { name: 'Make an invite link' }).click()
      await page.locator('.qr').waitFor()
      await look('a link and its code')
      await page.locator('.about').getByRole('button', { name: 'Close' }).click()
      await page.locator('.kept-marks').click()
      await page.locator('dialog').waitFor()
      await look('what is kept where')
      await page.keyboard.press('Escape')
      for (const place of [
        'groups',
        'groups/new',
        'private',
        'private/new',
        'search',
        'you',
        'you/settings',
        'you/devices',
        'you/password',
        'you/sheet',
        'you/leave',
      ]) {
        await page.evaluate((hash) => {
          window.location.hash = hash
        }, place)
        await page.locator('h1:visible, h2:visible').first().waitFor()
        await look(place)
      }
      expect(visitor.complaints).toEqual([])
    })
  }

  test(`M2 in ${kind} a newcomer comes into a group and answers there by keyboard alone`, async () => {
    const host = await community.welcome(`keys-${kind}`, 'Hanna')
    const { chat } = await host.client.groups.create({ name: 'Garden' })
    const { link } = await host.client.groups.invite(chat)
    await using visitor = await Visitor.open(browser(), link)
    const { page } = visitor
    const { keyboard } = page
    await tabTo(page, 'Handle')
    await keyboard.type(`hands-${kind}`)
    await tabTo(page, 'Name')
    await keyboard.type('Hands')
    await tabTo(page, 'Password')
    await keyboard.type(passwordOf('hands'))
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Garden' }).waitFor()
    await host.client.send(chat, 'Who comes?')
    await visitor.sees('Who comes?')
    await tabTo(page, 'Messages')
    await keyboard.press('ArrowUp')
    await tabTo(page, 'Reply')
    await keyboard.press('Enter')
    await page.locator('.answering').waitFor()
    await keyboard.type('I do')
    await keyboard.press('Enter')
    await page.locator('.message', { hasText: 'I do' }).locator('.quote').waitFor()
    await tabTo(page, 'Later')
    await keyboard.press('Enter')
    await expect
      .poll(async () => (await host.client.history(chat, { limit: 5 })).at(-1)?.text, { timeout: 60_000 })
      .toBe('I do')
  })
})

/** Presses Tab until what has this name has the focus; a page is not that long. */
async function tabTo(page: Visitor['page'], name: string): Promise<void> {
  const isThere = () =>
    page.evaluate((wish) => {
      const { activeElement: element } = document
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined
      return (element?.getAttribute('aria-label') ?? label ?? element?.textContent) === wish
    }, name)
  for (let pressed = 0; pressed < 60; pressed++) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} is not reached by Tab`)
}
