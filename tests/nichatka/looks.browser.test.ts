/** Every state of bell and panel, in every way in which people see pages: no barrier that axe knows, nothing cut off. */
import { checkAccessibility, type Emulation, emulations } from '@veche/testkit/browsers'
import { expect, test } from 'vitest'
import type { Colleague } from './colleague.ts'
import { eventually, inBrowsers } from './in-browsers.ts'

/** In an order in which each comes from the one before. */
const states: Readonly<Record<string, (vera: Colleague, boris: string) => Promise<void>>> = {
  closed: async () => {},
  'open with messages': (vera) => vera.openPanel(),
  'filters open': async (vera) => {
    await vera.panel.locator('summary:text-is("Фильтры и поиск")').click()
    await vera.panel.getByLabel('Поиск по тексту').waitFor()
  },
  'nothing found': async (vera) => {
    await vera.panel.getByLabel('Поиск по тексту').fill('такого нет')
    await vera.list.getByText('Таких сообщений нет').waitFor()
    await vera.goTo('Входящие')
  },
  writing: (vera, boris) => vera.compose([boris], 'Пишу'),
  refused: async (vera) => {
    const chosen = vera.form.locator('[data-chosen="to"]').getByRole('checkbox')
    await chosen.first().click() // which takes it out
    await vera.form.getByRole('button', { name: 'Отправить' }).click()
    await vera.notice.getByText('Выберите, кому написать').waitFor()
    await vera.form.getByRole('button', { name: 'Отменить' }).click()
    await vera.form.waitFor({ state: 'hidden' })
  },
  replying: async (vera) => {
    await vera.messages.first().getByRole('button', { name: 'Ответить', exact: true }).click()
    await vera.reply.waitFor()
  },
  labelled: async (vera) => {
    await vera.reply.getByRole('button', { name: 'Отменить' }).click()
    await vera.messages.first().getByLabel('Метка').selectOption({ label: 'жёлтая' })
    await eventually(() => vera.messages.first().getAttribute('data-color')).toBe('yellow')
    await vera.messages.last().getByRole('button', { name: 'Скрыть' }).click()
    await eventually(() => vera.messages.last().getAttribute('data-status')).toBe('hidden')
  },
  history: (vera) => vera.goTo('История'),
  'nothing sent yet': (vera) => vera.goTo('Исходящие'),
  groups: (vera) => vera.goTo('Группы'),
  'one group': async (vera) => {
    await vera.panel.getByRole('button', { name: 'Сад', exact: true }).click()
    await vera.panel.getByRole('heading', { name: 'Сад' }).waitFor()
    for (const name of ['Добавить участников', 'Переименовать', 'Что менялось'])
      await vera.panel.locator(`summary:text-is("${name}")`).click()
  },
}

const word = 'Донаудампфшиффартсэлектрицитетенхауптбетрибсверкбауунтербеамтенгезельшафт'

await inBrowsers('looks', ['chromium', 'firefox'], (stage, kind) => {
  // What axe sees hardly depends on the browser: Firefox is asked where layout does.
  const asked =
    kind === 'chromium' ? (Object.keys(emulations) as Emulation[]) : (['usual', '320 px'] as const)
  for (const emulation of asked) {
    test(`N20 N21 ${emulation}: every state is without barriers, and nothing is wider than the page`, async () => {
      const { enter } = stage()
      const boris = await enter('борис')
      const vera = await enter('вера', emulation)
      await boris.ask('POST', 'groups', [
        ['name', 'Сад'],
        ['member', vera.nickname],
      ])
      await boris.sendAll(vera.nickname, ['Первое', `${word}${word}`, 'Третье,\nв две строки.'])
      await boris.openPanel()
      await boris.write([vera.nickname], 'Четвёртое', 'критично')
      await vera.page.reload()
      await eventually(() => vera.heard()).toContain('4 новых сообщения')
      for (const [state, reach] of Object.entries(states)) {
        await reach(vera, boris.nickname)
        // Where a list was scrolled to, a button may be half seen, which is none too small.
        await vera.page.evaluate(
          `document.querySelector('nichatka-panel')?.shadowRoot?.firstElementChild?.scrollTo(0, 0)`,
        )
        await checkAccessibility(vera.page, `${emulation}, ${state}`)
        expect(await overflow(vera), `${emulation}, ${state}`).toEqual([])
      }
    })
  }
})

/** What is wider than the place it has: the page itself, the panel, or anything in it that stands out of it. */
function overflow({ page }: Colleague): Promise<string[]> {
  return page.evaluate(`(() => {
    const wide = []
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) wide.push('page ' + scrollWidth + ' > ' + clientWidth)
    const frame = document.querySelector('nichatka-panel')?.shadowRoot?.firstElementChild
    if (!frame?.checkVisibility()) return wide
    const edge = frame.getBoundingClientRect()
    for (const element of frame.querySelectorAll('*')) {
      const { left, right, width } = element.getBoundingClientRect()
      const hidden = width <= 1 || !element.checkVisibility() || element.closest('option')
      if (!hidden && (right > edge.right + 1 || left < edge.left - 1))
        wide.push(element.localName + ' ' + element.textContent.slice(0, 40))
    }
    return wide
  })()`)
}
