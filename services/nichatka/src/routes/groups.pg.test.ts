/** N7: groups of recipients, the list of recipients, and users whom the host names. */
import { beforeAll, expect, test } from 'vitest'
import { boris, service, vera } from '../testing/shared-service.ts'
import { keysOf, type TestAnswer, textOf } from '../testing/test-user.ts'

beforeAll(() => vera.get('status'))

const groupIdOf = (answer: TestAnswer) => /PATCH groups\/(\d+)/.exec(answer.text)?.[1] ?? ''
const choices = (answer: TestAnswer) =>
  [...answer.text.matchAll(/ value="((?:user:|group:)?[^"]*)"><bdi>/g)].map(([, value]) => value)

test('N7 a group is made, changed, put away and brought back, by anybody, and each change is told', async () => {
  const created = await vera.post('groups', { name: 'Огород', member: ['boris', 'Анна'] })
  expect([created.status, keysOf(created)]).toEqual([201, ['notice', 'groups']])
  const id = groupIdOf(created)
  await boris.patch(`groups/${id}`, { name: 'Сад', add: ['петя', 'оля'], remove: 'Анна' })
  const archived = await vera.patch(`groups/${id}`, { archived: '1' })
  expect(textOf(archived.find('groups'))).toContain('в архиве')
  expect((await boris.get('groups')).text).not.toContain('Сад')
  expect((await boris.get('groups', { archived: '1' })).text).toContain('Сад')
  await boris.patch(`groups/${id}`, { archived: '0' })
  const shown = await vera.get(`groups/${id}`)
  const text = textOf(shown.find('groups'))
  for (const told of [
    'Вера: новая группа, Огород',
    'boris: новое название, Сад',
    'boris: в группе теперь петя',
    'boris: в группе больше нет: Анна',
    'Вера: группа в архиве',
    'boris: группа снова действует',
  ]) {
    expect(text).toContain(told)
  }
  expect(shown.text).toContain('data-send="remove=%D0%BE%D0%BB%D1%8F"')
})

test('N7 the groups are shown in the place of the messages, and the way back is there', async () => {
  const groups = await vera.get('groups')
  expect(keysOf(groups)).toEqual(['boxes', 'groups', 'filters', 'news', 'list'])
  expect(groups.text).toMatch(/id="n-box-groups"[^>]* aria-current="page"/)
  for (const key of ['filters', 'list']) expect(groups.find(key)?.attributes.has('hidden')).toBe(true)
  expect(groups.find('list')?.attributes.has('data-query')).toBe(false)
  expect(groups.text).toContain('data-call="GET panel" data-send="box=incoming"')
})

test('N7 a host without groups is told what they are for', async () => {
  const groups = await service.user('Вера', service.sklad).get('groups')
  expect(textOf(groups.find('groups'))).toContain('Создайте первую')
  expect(groups.text).toContain('<details open="">')
})

test('N7 two groups have two names', async () => {
  await vera.post('groups', { name: 'Дом 12' })
  const again = await boris.post('groups', { name: 'дом 12' })
  expect([again.status, again.error]).toEqual([401, 'field-wrong; name=name'])
  expect(textOf(again.find('notice'))).toContain('уже есть')
})

test('N1 a message to a group goes to those who are in it, and is shown with its name', async () => {
  const id = groupIdOf(await vera.post('groups', { name: 'Хор', member: ['boris', 'оля'] }))
  const form = await vera.get('compose', { to: `group:${id}` })
  expect(form.find('compose')?.attributes.has('open')).toBe(true)
  expect(form.text).toContain(
    `<input type="checkbox" name="to" value="group:${id}" checked=""> <bdi>Хор</bdi>`,
  )
  await vera.send('Спевка в шесть', { to: `group:${id}` })
  const received = await service.user('оля').get('panel')
  expect(textOf(received.find('list'))).toContain('Кому: Хор')
  expect((await service.user('Анна').get('panel')).text).not.toContain('Спевка')
})

test('N1 a message to everyone goes to everyone of the host, and to nobody of another', async () => {
  await service.user('Вера', service.sklad).get('status')
  await boris.send('Всем привет', { to: 'everyone' })
  expect(textOf((await vera.get('panel')).find('list'))).toContain('Кому: все')
  expect((await service.user('Вера', service.sklad).get('panel')).text).not.toContain('Всем привет')
})

test('N7 recipients are found by how their names begin, people and groups, and who is new can be named', async () => {
  await service.user('виктор').get('status')
  await vera.post('groups', { name: 'Вязание' })
  const found = await boris.get('recipients', { q: 'в' })
  expect(keysOf(found)).toEqual(['recipients'])
  expect(choices(found)).toEqual([expect.stringMatching(/^group:\d+$/), 'user:Вера', 'user:виктор', 'user:в'])
  expect(textOf(found.find('recipients'))).toContain('в здесь впервые')
  expect(choices(await boris.get('recipients', { q: 'Вера' }))).toEqual(['user:Вера'])
  const people = await boris.get('recipients', { q: 'в', pick: 'member' })
  expect([keysOf(people), choices(people)]).toEqual([['members'], ['Вера', 'виктор', 'в']])
  expect(people.find('members')?.attributes.get('data-pick')).toBe('member')
  const first = await boris.get('recipients', { limit: 1 })
  expect(textOf(first.find('recipients'))).toContain('Показаны первые')
  expect(textOf((await boris.get('recipients', { q: '\u202e' })).find('recipients'))).toBe(
    'Никого не нашлось.',
  )
})

test('N7 a host names its users before they come, and hears how many were new', async () => {
  const host = service.user('')
  const named = await host.post('users', { user: undefined, nickname: ['заранее', 'Вера', 'ещё один'] })
  expect([named.status, textOf(named.find('users'))]).toEqual([200, 'Добавлено: 2 человека'])
  expect(choices(await vera.get('recipients', { q: 'заранее' }))).toEqual(['user:заранее'])
  expect(choices(await service.user('Вера', service.sklad).get('recipients', { q: 'заран' }))).toEqual([
    'user:заран',
  ])
})

test('N7 what has just been made is offered at once', async () => {
  await vera.get('panel')
  await vera.post('groups', { name: 'Свежая' })
  expect((await vera.get('panel')).text).toMatch(/name="group">.*Свежая<\/option>/)
})

test('N7 of a large group the first members are shown, and the others are taken out by name', async () => {
  const member = Array.from({ length: 301 }, (_, index) => `участник ${1000 + index}`)
  const shown = await vera.post('groups', { name: 'Большая', member })
  expect(textOf(shown.find('groups'))).toContain('301 участник')
  expect(shown.text.match(/data-send="remove=/g)).toHaveLength(300)
  expect(shown.text).toContain('name="remove"')
})
