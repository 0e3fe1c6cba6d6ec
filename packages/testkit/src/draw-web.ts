/**
 * Draws the pictures of the web app for the documents: `node packages/testkit/src/draw-web.ts [FOLDER]`, by default
 * docs/screens. With `--all` also those that only designers look at. Needs Debian's Chromium.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { openBrowser } from './browsers/open-browser.ts'
import { Community, type Person } from './community.ts'

const isAll = process.argv.includes('--all')
const target = process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? 'docs/screens'
const kept = new Set(
  ['ru', 'en'].flatMap((language) => [
    `web-group-${language}`,
    `web-group-phone-${language}-dark`,
    `web-invited-phone-${language}`,
  ]),
)
const SETTLE_MS = 500

const people = {
  boris: { ru: 'Борис', en: 'Boris' },
  masha: { ru: 'Маша', en: 'Masha' },
  school7: { ru: 'Школа № 7', en: 'School No. 7' },
} as const
type Handle = keyof typeof people
type Language = 'ru' | 'en'

const texts = {
  ru: {
    group: 'Огород',
    about: 'Рассада, инструмент, кто когда поливает',
    vera: 'Вера П.',
    talk: [
      ['boris', 'Рассада готова? Приду в пять, если не пойдёт дождь. Ящики нести свои?'],
      ['masha', 'А кабачки остались?'],
      ['boris', 'Нужно ещё:\n- две лейки\n- **верёвка**, метров десять'],
      [
        'school7',
        'Школе нужно двадцать кустов, заберём в четверг. Порядок здесь: https://school7.example/sad',
      ],
      ['masha', '@vera, я возьму перцы, если никто не против'],
    ],
    own: [
      'Готова, забирайте. До шести я дома.',
      'Ящики дам, верните до субботы: в них поедут перцы для школы.',
    ],
    private: 'Здравствуйте, Вера. Калитка открыта?',
    other: 'Школьный сад',
    draft: 'А верёвка есть у',
  },
  en: {
    group: 'Garden',
    about: 'Seedlings, tools, who waters when',
    vera: 'Vera P.',
    talk: [
      ['boris', 'Are the seedlings ready? I come at five if it does not rain. Shall I bring boxes?'],
      ['masha', 'Are any courgettes left?'],
      ['boris', 'We still need:\n- two cans\n- a **rope**, ten metres'],
      [
        'school7',
        'The school needs twenty plants, we fetch them on Thursday. The order: https://school7.example/garden',
      ],
      ['masha', '@vera, I take the peppers if nobody minds'],
    ],
    own: [
      'They are, come and take them. I am at home until six.',
      'Boxes you get here; bring them back by Saturday.',
    ],
    private: 'Good morning, Vera. Is the gate open?',
    other: 'School garden',
    draft: 'There is some rope at',
  },
} as const

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const

await mkdir(target, { recursive: true })
for (const language of ['ru', 'en'] as const) await draw(language)

async function draw(language: Language): Promise<void> {
  await using community = await Community.start()
  await using browser = await openBrowser('chromium')
  const told = texts[language]
  const context = await browser.newContext({ viewport: sizes.desktop, locale: language, permissions: [] })
  const page = await context.newPage()
  page.on('pageerror', (error) => process.stderr.write(`${error}\n`))
  const show = async (name: string) => picture(page, name, language)

  const others = await Promise.all(
    Object.keys(people).map((handle) => named(community, handle as Handle, language)),
  )
  const [boris, masha, school7] = others as [Person, Person, Person]
  const { chat } = await boris.client.groups.create({ name: told.group, description: told.about })
  const { link } = await boris.client.groups.invite(chat, {})
  for (const { client } of [masha, school7]) await client.join(link)

  await page.goto(community.url)
  await page.locator('[data-account=none]').waitFor()
  await show('web-entrance')
  await page.goto('about:blank')
  await page.goto(link)
  await page.locator('[data-account=none]').waitFor()
  await show('web-invited')
  const form = page.locator('form')
  await form.locator('input').nth(0).fill('vera')
  await form.locator('input').nth(1).fill(told.vera)
  await form.locator('input').nth(2).fill('olive harbour lantern vera')
  await form.locator('button[type=submit]').click()
  await page.locator('#composer').waitFor({ timeout: 120_000 })
  await boris.client.groups.setRole(chat, 'vera', 'admin')

  for (const [handle, text] of told.talk.slice(0, 2)) await say(others, handle, chat, text)
  await write(page, told.own[0])
  await page.locator('dialog').waitFor()
  await show('web-sheet')
  await page.keyboard.press('Escape')
  for (const [handle, text] of told.talk.slice(2)) await say(others, handle, chat, text)
  await write(page, told.own[1])
  await masha.client.requests.ask('vera')
  await boris.client.requests.ask('vera')
  await page
    .locator('.told-one')
    .first()
    .waitFor({ state: 'detached', timeout: 30_000 })
    .catch(() => undefined)
  await show('web-group')
  await page.locator('.chat-head .icon-button').last().click()
  await page.locator('.members').first().waitFor()
  await show('web-about')
  await page.locator('.made-link, .about-body .button-main').first().click()
  await show('web-link-form')
  await page.locator('.about form .button-main').first().click()
  await page.locator('.qr').waitFor()
  await show('web-link')
  const other = await school7.client.groups.create({ name: told.other, description: told.about })
  await page.goto((await school7.client.groups.invite(other.chat, {})).link)
  await page.locator('dialog .about-who').waitFor()
  await show('web-asked-in')
  await page.keyboard.press('Escape')
  await page.locator('.chat-rows .chat-row').first().click()
  await page.locator('#composer').fill(told.draft)
  await page.locator('.place').nth(1).click()
  await page.locator('.requests .chat-row').first().waitFor()
  await page.locator('.requests .chat-row').last().click()
  await page.locator('.request-card').waitFor()
  await show('web-request')
  await page.locator('.request-card .button-main').click()
  await page.locator('#composer').waitFor({ timeout: 60_000 })
  await write(page, told.private)
  await show('web-private')
  await page.locator('.chat-head .icon-button').last().click()
  await page.locator('.number').waitFor()
  await show('web-safety')
  await page.locator('.about .pane-head .icon-button').click()
  await page.locator('.kept-marks').click()
  await page.locator('dialog').waitFor()
  await show('web-kept')
  await page.keyboard.press('Escape')
  for (const place of [
    'search',
    'you',
    'you/devices',
    'you/sheet',
    'you/history',
    'you/leave',
    'groups/new',
    'private/new',
    'groups',
    'private',
  ]) {
    await page.goto(`${community.url}/#${place}`)
    await page.locator('[data-account=ready]').waitFor()
    if (place === 'search') {
      await page.locator('input[type=search]').fill(language === 'ru' ? 'ящик' : 'boxes')
      await page.locator('.found').first().waitFor()
    }
    await show(`web-${place.replace('/', '-')}`)
  }
}

async function named(community: Community, handle: Handle, language: Language): Promise<Person> {
  return community.welcome(handle, people[handle][language])
}

async function say(
  others: readonly Person[],
  handle: string,
  chat: Parameters<Person['client']['send']>[0],
  text: string,
): Promise<void> {
  const { client } = others.find((person) => person.handle === handle)!
  await (await client.send(chat, text)).acknowledged
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator('#composer').fill(text)
  await page.keyboard.press('Enter')
  await page.locator('.rich', { hasText: text }).first().waitFor()
}

/** On both sizes, in both themes, or in those that are kept. */
async function picture(page: Page, name: string, language: Language): Promise<void> {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const theme of ['light', 'dark'] as const) {
      const file = [name, size === 'phone' && 'phone', language, theme === 'dark' && 'dark']
        .filter(Boolean)
        .join('-')
      if (!isAll && !kept.has(file)) continue
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme: theme })
      await sleep(SETTLE_MS)
      await writeFile(join(target, `${file}.png`), await page.screenshot())
    }
  }
  await page.setViewportSize(sizes.desktop)
  await page.emulateMedia({ colorScheme: 'light' })
}
