/** Each main state as a machine judges its barriers, in light, dark and forced colours; and one journey by keyboard alone. */
import { Community } from '@veche/testkit'
import { checkAccessibility, type Emulation, inBrowsers, type Page } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passwordOf, Visitor } from './testing/visitor.ts'

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

/** How the page is seen, and by people of which names. */
interface Look {
  readonly emulation: Emulation
  /** The states that axe judges; all by default. */
  readonly judged?: ReadonlySet<string>
  readonly scheme?: 'dark'
  readonly names?: readonly [host: string, group: string]
}

/** The others are the same but for their places. */
const narrow = new Set(['invited', 'a group', 'about a group, with the form of a link', 'groups', 'you'])

const looks: Readonly<Record<string, Look>> = {
  'as usual': { emulation: 'usual' },
  dark: { emulation: 'dark' },
  'in forced colours': { emulation: 'forced colours' },
  'at 320 px, with names from right to left': {
    emulation: '320 px',
    judged: narrow,
    names: ['רות בן־דוד', 'גן הירק שלנו'],
  },
  'at 200 %, dark, with names from right to left': {
    emulation: 'zoom 200 %',
    judged: narrow,
    scheme: 'dark',
    names: ['حنان', 'بستان الحي'],
  },
}

inBrowsers('accessibility', (browser, kind) => {
  // What axe judges is the same page in both browsers; one of them judges it in all its looks.
  const seen = Object.entries(looks).slice(0, kind === 'chromium' ? undefined : 1)
  for (const [index, [how, { emulation, judged, scheme, names = ['Hanna', 'Garden'] }]] of seen.entries()) {
    test(`M2 in ${kind}, ${how}: no main state has a barrier that axe finds, or runs out of the window`, async () => {
      const mark = `${kind.slice(0, 2)}${index}`
      const [name, title] = names
      const host = await community.welcome(`host-${mark}`, name)
      const { chat } = await host.client.groups.create({ name: title, description: 'Seedlings' })
      const { link } = await host.client.groups.invite(chat)
      const options = scheme && { colorScheme: scheme }
      await using visitor = await Visitor.open(browser(), link, emulation, options)
      const { page } = visitor
      const look = async (state: string) => {
        if (judged?.has(state) ?? true) await checkAccessibility(page, state)
        expect(await page.evaluate(outsideOfWindow), state).toEqual([])
      }
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
      await page.getByRole('heading', { name: title }).waitFor()
      await expect.poll(() => host.client.groups.members(chat).length, { timeout: 60_000 }).toBe(2)
      await host.client.groups.setRole(chat, `guest-${mark}`, 'admin')
      await host.client.send(chat, 'See **this**: https://veche.example/\n\n> said\n\n- `one`\n- two')
      await visitor.sees('See this')
      await visitor.write('Thank you')
      await page.locator('.sheet').waitFor()
      await look('the recovery sheet')
      await visitor.putSheetAway()
      await look('a group')
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
    const host = await community.welcome(`hand-${kind}`, 'Hanna')
    const { chat } = await host.client.groups.create({ name: 'Garden' })
    const { link } = await host.client.groups.invite(chat)
    await using visitor = await Visitor.open(browser(), link)
    const { page } = visitor
    const { keyboard } = page
    await keyboard.press('Tab')
    await tabTo(page, 'Handle')
    await keyboard.type(`finger-${kind}`)
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

/** Presses Tab until what has this name has the focus, which was not lost before; a page is not that long. */
async function tabTo(page: Page, name: string, direction: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  expect(await page.evaluate(nameOfFocused), `before ${name}`).not.toBe('nothing')
  for (let pressed = 0; pressed < 60; pressed++) {
    if ((await page.evaluate(nameOfFocused)).endsWith(name)) return
    await page.keyboard.press(direction)
  }
  throw new Error(`${name} is not reached by ${direction}`)
}

function nameOfFocused(): string {
  const { activeElement: element, body } = document
  if (element === null || element === body) return 'nothing'
  const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined
  return (element.getAttribute('aria-label') ?? label ?? element.textContent ?? '').trim()
}

/** What one can act on and that reaches beyond the sides of the window, or makes it scroll sideways. */
function outsideOfWindow(): string[] {
  const { scrollWidth } = document.documentElement
  const wide = scrollWidth > innerWidth ? [`the page is ${scrollWidth} px wide`] : []
  const elements = [...document.querySelectorAll('button, a, input, select, textarea, summary')]
  const outside = elements.filter((element) => {
    const { left, right, width } = element.getBoundingClientRect()
    return element.checkVisibility() && width > 1 && (left < -1 || right > innerWidth + 1)
  })
  return [...wide, ...outside.map(({ outerHTML }) => outerHTML.slice(0, 120))]
}
