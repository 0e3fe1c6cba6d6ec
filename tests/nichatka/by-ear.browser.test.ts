/** Nichatka without a mouse, and without eyes. */
import { expect, test } from 'vitest'
import type { Colleague } from './colleague.ts'
import { eventually, inBrowsers } from './in-browsers.ts'

await inBrowsers('keyboard and screen reader', ['chromium', 'firefox'], (stage, kind) => {
  test('N20 N21 the whole way by keyboard alone: open, write, read, label, reply, hide, close', async () => {
    const { enter } = stage()
    const [vera, boris] = [await enter('вера'), await enter('борис')]
    await boris.sendAll(vera.nickname, ['Ключи у вас?'])
    // Keys go to the window in front: in Firefox a button of another does not take them.
    await vera.page.bringToFront()
    await vera.page.reload()
    await eventually(() => vera.heard()).toBe('1 новое сообщение')
    const { keyboard } = vera.page

    await tabTo(vera, 'сообщение')
    await keyboard.press('Enter')
    await vera.list.waitFor()
    await tabTo(vera, 'Написать сообщение')
    await keyboard.press('Enter')
    await tabTo(vera, 'Кому: найти')
    await keyboard.type(boris.nickname)
    const found = vera.form.locator('[data-pick="to"]').getByRole('button')
    await eventually(() => found.allInnerTexts()).toEqual([boris.nickname])
    await tabTo(vera, boris.nickname)
    await keyboard.press('Enter')
    await tabTo(vera, 'Приоритет')
    await keyboard.press('ArrowUp')
    await tabTo(vera, 'Текст сообщения')
    await keyboard.type('Ключи у меня.')
    await tabTo(vera, 'Отправить')
    await keyboard.press('Enter')
    await vera.notice.getByText('Сообщение отправлено').waitFor()
    await eventually(() => focused(vera)).toContain('Написать сообщение')

    await tabTo(vera, 'Прочитано')
    await keyboard.press('Enter')
    await eventually(() => vera.heard()).toBe('Новых сообщений нет')
    await tabTo(vera, 'Метка, видна только вам')
    await keyboard.press('ArrowDown')
    await eventually(() => vera.messages.first().getAttribute('data-color')).toBe('red')
    await tabTo(vera, 'Ответить', 'Shift+Tab')
    await keyboard.press('Enter')
    await vera.reply.waitFor()
    await eventually(() => focused(vera)).toContain('Текст сообщения')
    await keyboard.type('Зайду в пять.')
    await tabTo(vera, 'Отправить')
    await keyboard.press('Enter')
    await vera.reply.waitFor({ state: 'hidden' })
    await tabTo(vera, 'Скрыть')
    await keyboard.press('Enter')
    await eventually(() => vera.messages.first().getAttribute('data-status')).toBe('hidden')
    await keyboard.press('Escape')
    await vera.panel.waitFor({ state: 'hidden' })
    expect(await focused(vera)).toContain('Новых сообщений нет')

    await boris.openPanel()
    await eventually(() => boris.messages.locator('p').allInnerTexts()).toEqual([
      'Зайду в пять.',
      'Ключи у меня.',
    ])
    expect(await boris.message('Ключи у меня.').getAttribute('data-priority')).toBe('important')
  })

  if (kind === 'chromium')
    test('N20 N21 a screen reader hears names, states and what has changed', async () => {
      const { enter } = stage()
      const [vera, boris] = [await enter('вера'), await enter('борис')]
      await boris.sendAll(vera.nickname, ['Слышно?'])
      await vera.page.reload()
      await eventually(() => vera.heard()).toBe('1 новое сообщение')
      expect(await heardOf(vera)).toContainEqual({
        role: 'button',
        name: '1 новое сообщение',
        expanded: false,
      })
      await vera.openPanel()
      const open = await heardOf(vera)
      expect(open).toContainEqual({ role: 'button', name: '1 новое сообщение', expanded: true })
      for (const [role, name] of [
        ['dialog', 'Сообщения'],
        ['heading', 'Сообщения'],
        ['navigation', 'Разделы'],
        ['region', 'Список сообщений'],
        ['article', `Сообщение от ${boris.nickname}`],
        ['button', 'Прочитано'],
        ['button', 'Скрыть'],
        ['button', 'Ответить'],
        ['combobox', 'Метка, видна только вам'],
        ['combobox', 'Приоритет, как его видите вы'],
        ['button', 'Закрыть панель'],
      ])
        expect(open.map((node) => `${node.role} ${node.name}`)).toContain(`${role} ${name}`)

      await vera.answer('Слышно?', 'Слышно.')
      expect(await heardOf(vera)).toContainEqual({ role: 'status', name: 'Сообщение отправлено.' })
      await boris.openPanel()
      await boris.write([vera.nickname], 'Пожар', 'критично')
      await eventually(() => heardOf(vera)).toContainEqual({
        role: 'status',
        name: expect.stringContaining('критичные'),
      })
    })
})

/**
 * Tab until what has the focus is called so.
 * @param key back where the way on would leave the page: a Firefox without a toolbar is then no window in front any more
 */
async function tabTo(colleague: Colleague, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const seen: string[] = []
  while (seen.length < 150) {
    const now = await focused(colleague)
    if (now.includes(name)) return
    seen.push(now)
    await colleague.page.keyboard.press(key)
  }
  throw new Error(`there is no way by ${key} to “${name}”: ${seen.join(' | ')}`)
}

/** The name of what has the focus, in shadow roots, too. */
async function focused({ page }: Colleague): Promise<string> {
  const name = await page.evaluate(`(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element.ariaLabel || element.labels?.[0]?.textContent || element.textContent || ''
  })()`)
  return String(name).replace(/\s+/g, ' ').trim().slice(0, 60)
}

interface Heard {
  readonly role: string
  /** Of a live region: its text. */
  readonly name: string
  readonly expanded?: boolean
}

/** Chromium's own accessibility tree, flat. */
async function heardOf({ page }: Colleague): Promise<Heard[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  type Node = (typeof nodes)[number]
  const textOf = (node: Node): string =>
    node.role?.value === 'StaticText'
      ? String(node.name?.value)
      : (node.childIds ?? []).map((id) => textOf(byId.get(id)!)).join('')
  return nodes
    .filter((node) => !node.ignored)
    .map((node) => {
      const role = String(node.role?.value)
      const name = role === 'status' || role === 'alert' ? textOf(node) : String(node.name?.value ?? '')
      const expanded = node.properties?.find((property) => property.name === 'expanded')?.value.value
      const known = role === 'button' && typeof expanded === 'boolean'
      return { role, name: name.replaceAll('\u{a0}', ' ').trim(), ...(known && { expanded }) }
    })
}
