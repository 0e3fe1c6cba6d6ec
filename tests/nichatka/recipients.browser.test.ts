/** Whom a message can be written to, besides one person: in a file of its own, for what is written to all reaches every newcomer. */
import { expect, test } from 'vitest'
import { eventually, inBrowsers } from './in-browsers.ts'

await inBrowsers('recipients', ['chromium', 'firefox'], (stage) => {
  test('N1 a message to a group reaches its members alone, and one to all reaches everybody', async () => {
    const { enter } = stage()
    const [vera, boris, anna] = [await enter('вера'), await enter('борис'), await enter('анна')]
    const group = `Сад ${vera.nickname}`
    await vera.ask('POST', 'groups', [
      ['name', group],
      ['member', boris.nickname],
    ])
    await vera.openPanel()
    await vera.write([group], `В сад ${group}`)
    await vera.write(['Все'], `Всем от ${vera.nickname}`, 'важно')

    await boris.openPanel()
    await eventually(() => boris.message(`В сад ${group}`).innerText()).toContain(group)
    await eventually(() => boris.message(`Всем от ${vera.nickname}`).innerText()).toMatch(/Кому:\s*все/)
    await anna.openPanel()
    await eventually(() => anna.message(`Всем от ${vera.nickname}`).count()).toBe(1)
    expect(await anna.message(`В сад ${group}`).count()).toBe(0)
  })

  test('N7 a group is made, filled, renamed, written to, archived and brought back, and each change is recorded', async () => {
    const { enter } = stage()
    const [vera, boris, anna] = [await enter('вера'), await enter('борис'), await enter('анна')]
    const name = `Кружок ${vera.nickname}`
    await vera.openPanel()
    await vera.goTo('Группы')
    const groups = vera.panel.locator('[data-key="groups"]')
    const creation = groups.locator('form[data-call="POST groups"]')
    if (!(await creation.isVisible())) await groups.locator('summary:text-is("Создать группу")').click()
    await creation.getByLabel('Название').fill(name)
    await creation.getByLabel('Найти человека').fill(boris.nickname)
    await creation.locator('[data-pick]').getByRole('button', { name: boris.nickname, exact: true }).click()
    await creation.getByRole('button', { name: 'Создать', exact: true }).click()
    await groups.getByRole('heading', { name }).waitFor()
    expect(await vera.notice.innerText()).toContain('Группа создана')
    expect(await groups.innerText()).toContain('1 участник')

    await groups.locator('summary:text-is("Добавить участников")').click()
    const adding = groups.getByRole('form', { name: 'Добавить участников' })
    await adding.getByLabel('Найти человека').fill(anna.nickname)
    await adding.locator('[data-pick]').getByRole('button', { name: anna.nickname, exact: true }).click()
    await adding.getByRole('button', { name: 'Добавить', exact: true }).click()
    await eventually(() => groups.innerText()).toContain('2 участника')
    await groups.getByRole('button', { name: `Убрать из группы: ${boris.nickname}` }).click()
    await eventually(() => groups.innerText()).toContain('1 участник')

    await groups.locator('summary:text-is("Переименовать")').click()
    await groups.getByRole('form', { name: 'Переименовать' }).getByLabel('Название').fill(`${name} юных`)
    await groups.getByRole('form', { name: 'Переименовать' }).getByRole('button').click()
    await groups.getByRole('heading', { name: `${name} юных` }).waitFor()
    await groups.getByRole('button', { name: 'Написать группе' }).click()
    await vera.form.getByLabel('Текст сообщения').fill('Встречаемся в среду')
    await vera.form.getByRole('button', { name: 'Отправить' }).click()
    await vera.form.waitFor({ state: 'hidden' })

    await groups.getByRole('button', { name: 'В архив' }).click()
    await groups.getByRole('button', { name: 'Вернуть из архива' }).click()
    await groups.getByRole('button', { name: 'В архив' }).waitFor()
    await groups.locator('summary:text-is("Что менялось")').click()
    const changes = (await groups.locator('details').last().innerText()).replaceAll(/\s+/g, ' ')
    for (const change of [
      'новая группа',
      'новое название',
      'в группе теперь',
      'больше нет',
      'в архиве',
      'снова действует',
    ])
      expect(changes).toContain(change)

    await anna.openPanel()
    await eventually(() => anna.message('Встречаемся в среду').count()).toBe(1)
    await boris.openPanel()
    expect(await boris.message('Встречаемся в среду').count()).toBe(0)
    await boris.goTo('Группы')
    await boris.panel.getByRole('button', { name: `${name} юных` }).waitFor()
  })
})
