/**
 * Draws the pictures of Nichatka in the Django example for the documents: `node packages/testkit/src/draw-nichatka.ts
 * [FOLDER]`, by default docs/screens.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Colleague } from '../../../tests/nichatka/colleague.ts'
import { Vehno } from '../../../tests/nichatka/vehno.ts'
import { openBrowser } from './browsers/index.ts'

type Language = 'ru' | 'en'

const target = process.argv[2] ?? 'docs/screens'
const desk = { width: 1120, height: 720 }
/** Animations end. */
const settleMs = 500
const phone = { width: 360, height: 720 }

await mkdir(target, { recursive: true })
await using vehno = await Vehno.start()
await using browser = await openBrowser('chromium')
const boris = await Colleague.signIn(vehno, browser, 'борис')
const anna = await Colleague.signIn(vehno, browser, 'анна-мария')
const vera = await Colleague.signIn(vehno, browser, 'вера')
await vera.page.setViewportSize(desk)
await vera.openPanel()
await draw(vera, 'empty-ru')

await converse()
await vera.page.reload()
await draw(vera, 'closed-ru')
await vera.openPanel()
await vera.message('Акт на списание').getByLabel('Метка').selectOption({ label: 'зелёная' })
await vera.message('Акт на списание').getByRole('button', { name: 'Прочитано' }).click()
await vera.page.reload()
await drawOpen('ru')
await drawOpen('en')
await vera.page.emulateMedia({ colorScheme: 'dark' })
await drawOpen('ru', '-dark')

const phones = await Colleague.signIn(vehno, browser, 'вера', '320 px')
await phones.page.setViewportSize(phone)
await phones.openPanel()
await draw(phones, 'phone-ru')
await phones.message('Прорвало').getByRole('button', { name: 'Ответить', exact: true }).click()
await phones.reply.waitFor()
await draw(phones, 'phone-reply-ru')

/** What has been said until now. */
async function converse(): Promise<void> {
  await boris.ask('POST', 'groups', [
    ['name', 'Завхозы'],
    ...['вера', 'борис', 'анна-мария', 'gleb'].map((nickname) => ['member', nickname] as const),
  ])
  await anna.ask('POST', 'groups', [
    ['name', 'Библиотека'],
    ...['вера', 'нина_п'].map((nickname) => ['member', nickname] as const),
  ])
  await Promise.all([boris.openPanel(), anna.openPanel(), vera.page.reload()])
  await vera.openPanel()
  await boris.write(['вера'], 'Рассада готова, можно забирать. Помидоров шесть ящиков, перцев два.')
  await vera.message('Рассада').waitFor()
  await vera.answer('Рассада', 'Заберу после пяти, спасибо.')
  await anna.write(
    ['вера', 'o.larina'],
    'Акт на списание стульев у меня на столе, нужна ваша подпись до среды.',
    'важно',
  )
  await anna.write(['Все'], 'В пятницу в 17:00 общее собрание, актовый зал.')
  await boris.message('Заберу после пяти').waitFor()
  await boris.answer('Заберу после пяти', 'Хорошо. Калитка открыта.')
  await boris.write(['Завхозы'], 'Прорвало трубу в подвале, воду перекрыл. Нужен электрик.', 'критично')
}

async function drawOpen(language: Language, suffix = ''): Promise<void> {
  await vera.page
    .locator('nichatka-bell')
    .evaluate((bell: Attributed, lang) => bell.setAttribute('lang', lang), language)
  await vera.page.waitForTimeout(settleMs)
  await vera.bell.click()
  await vera.message('Прорвало').waitFor()
  await draw(vera, `open-${language}${suffix}`)
  if (suffix === '') await drawPlaces(language)
  await vera.bell.click()
}

async function drawPlaces(language: Language): Promise<void> {
  const { panel } = vera
  await vera.message('Акт на списание').locator('[data-send^="parent="]').click()
  await vera.reply.waitFor()
  await draw(vera, `reply-${language}`)
  await vera.reply.locator('[data-discard]').click()
  if (language === 'ru') {
    await vera.compose(['Завхозы', 'нина_п'], 'Ключи от подвала у меня.')
    await draw(vera, 'write-ru')
    await vera.form.locator('[data-discard]').click()
    await panel.locator('[data-key="filters"] summary').click()
    await draw(vera, 'filters-ru')
  }
  await panel.locator('#n-box-groups').click()
  await panel.locator('[data-key="groups"]').getByRole('button', { name: 'Завхозы' }).click()
  await panel.getByRole('heading', { name: 'Завхозы' }).waitFor()
  await draw(vera, `groups-${language}`)
  await panel.locator('#n-box-incoming').click()
}

async function draw({ page }: Colleague, name: string): Promise<void> {
  await page.waitForTimeout(settleMs)
  await writeFile(join(target, `nichatka-${name}.png`), await page.screenshot())
}

/** What is used of an element here; the library of the DOM is no part of this package. */
interface Attributed {
  setAttribute(name: string, value: string): void
}
