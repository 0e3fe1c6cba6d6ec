/** Sending, answering, and each reader's own view of a message. */
import { beforeAll, expect, test } from 'vitest'
import { colors, priorities } from '../domain.ts'
import type { Element } from '../fragments/grammar.ts'
import { boris, service, vera } from '../testing/shared-service.ts'
import { keysOf, type TestUser, textOf } from '../testing/test-user.ts'

beforeAll(async () => {
  await vera.get('status')
  await boris.get('status')
})

const bellOf = async (user: TestUser) => {
  const { attributes } = (await user.get('status')).find('bell')!
  return [attributes.get('data-unread'), attributes.get('data-priority'), attributes.get('data-critical')]
}

test('N8 N15 the bell says how many there are and how urgent, in figures and in words', async () => {
  const anna = service.user('Анна')
  expect(await bellOf(anna)).toEqual(['0', undefined, undefined])
  await boris.send('1', { to: 'user:Анна' })
  expect(await bellOf(anna)).toEqual(['1', 'ordinary', undefined])
  await boris.send('2', { to: 'user:Анна', priority: 'important' })
  await boris.send('3', { to: 'user:Анна', priority: 'critical' })
  expect(await bellOf(anna)).toEqual(['3', 'critical', '1'])
  const russian = await anna.get('status', { lang: 'ru' })
  expect(textOf(russian.find('bell'))).toBe('3 3 новых сообщения, есть критичные')
  const english = await anna.get('status', {}, { headers: { 'accept-language': 'en-GB,en' } })
  expect(textOf(english.find('bell'))).toBe('3 3 new messages, some are critical')
})

test('N17 a message is sent once, however often it is asked for', async () => {
  const fields = {
    id: 'once-and-only',
    text: 'Рассада готова',
    to: ['user:Вера', 'user:новый'],
    priority: 'important',
  }
  const first = await boris.post('messages', fields)
  expect([first.status, keysOf(first)]).toEqual([201, ['bell', 'notice', 'compose']])
  expect(textOf(first.find('notice'))).toBe('Сообщение отправлено.')
  expect(first.find('compose')?.attributes.has('open')).toBe(false)
  const again = await boris.post('messages', fields)
  expect([again.status, textOf(again.find('notice'))]).toEqual([200, 'Это сообщение уже отправлено.'])
  expect((await vera.get('panel')).text.split('Рассада готова')).toHaveLength(2)
  expect((await service.user('новый').get('panel')).text).toContain('Рассада готова')
})

test('N4 N17 an answer has the priority of its message, whatever its reader sees, and goes where it is said', async () => {
  const id = await boris.send('Кто придёт?', { to: ['user:Вера', 'user:Анна'], priority: 'critical' })
  await vera.patch(`messages/${id}`, { priority: 'ordinary' })
  const form = await vera.get('compose', { parent: id })
  expect(form.find('compose')?.attributes.get('open')).toBe('')
  expect(textOf(form.find('compose'))).toContain('В ответ на boris: Кто придёт?')
  expect(textOf(form.find('compose'))).toContain('Приоритет ответа: критично, как у сообщения')
  const wrong = await vera.post('messages', {
    id: 'an-answer-0',
    text: 'Я',
    parent: id,
    priority: 'ordinary',
  })
  expect([wrong.status, wrong.error]).toEqual([401, 'field-wrong; name=priority'])
  // `to` is ignored, as the contract has it.
  const sent = await vera.post('messages', { id: 'an-answer-1', text: 'Я приду', parent: id, to: 'everyone' })
  expect(sent.status).toBe(201)
  const received = await boris.get('panel', { limit: 1 })
  expect(textOf(received.find('list'))).toContain('В ответ на boris: Кто придёт?')
  expect(textOf(received.find('list'))).toContain('критично')
  expect((await service.user('Анна').get('history')).text).not.toContain('Я приду')
  await vera.post('messages', {
    id: 'an-answer-2',
    text: 'Мы придём',
    parent: id,
    priority: 'critical',
    reply: 'all',
  })
  expect((await service.user('Анна').get('history')).text).toContain('Мы придём')
})

test('N3 N4 N5 what a reader changes is the reader’s own view, and the bell follows at once', async () => {
  const id = await boris.send('Метки', { to: ['user:Вера', 'user:Анна'] })
  const before = await bellOf(vera)
  const changed = await vera.patch(`messages/${id}`, { color: 'purple', priority: 'critical' })
  expect([changed.status, keysOf(changed)]).toEqual([200, ['bell', `m${id}`]])
  const view = changed.find(`m${id}`)!
  expect([view.attributes.get('data-color'), view.attributes.get('data-priority')]).toEqual([
    'purple',
    'critical',
  ])
  expect(textOf(view)).toContain('фиолетовая')
  expect(changed.find('bell')?.attributes.get('data-priority')).toBe('critical')
  const others = (await service.user('Анна').get('panel')).find(`m${id}`)!
  expect([others.attributes.get('data-color'), others.attributes.get('data-priority')]).toEqual([
    undefined,
    'ordinary',
  ])
  const back = await vera.patch(`messages/${id}`, { color: 'none', priority: 'sender' })
  expect(back.find(`m${id}`)?.attributes.has('data-color')).toBe(false)
  const read = await vera.patch(`messages/${id}`, { status: 'read' })
  expect(Number(read.find('bell')?.attributes.get('data-unread'))).toBe(Number(before[0]) - 1)
})

test('N3 N4 a message brings the choices that are chosen, and the panel all others once', async () => {
  const id = await boris.send('Выбор', { to: 'user:Вера', priority: 'important' })
  const selects = (article: Element | undefined) => {
    const lists = article?.children.at(-1) as Element
    return lists.children.flatMap((child) =>
      typeof child === 'string' || child.name !== 'select'
        ? []
        : [[child.attributes.get('data-choices'), ...choicesIn(child)]],
    )
  }
  const panel = await vera.get('panel')
  expect(selects(panel.find(`m${id}`))).toEqual([
    ['n-f-color'],
    ['n-f-priority', 'important* как отправлено: важно'],
  ])
  const changed = await vera.patch(`messages/${id}`, { color: 'purple', priority: 'critical' })
  expect(selects(changed.find(`m${id}`))).toEqual([
    ['n-f-color', 'purple* фиолетовая'],
    ['n-f-priority', 'important как отправлено: важно', 'critical* критично'],
  ])
  const filters = panel.find('filters')!
  expect(choicesIn(findId(filters, 'n-f-color')!)).toHaveLength(2 + colors.length)
  expect(choicesIn(findId(filters, 'n-f-priority')!)).toHaveLength(1 + priorities.length)
  // By its name it is the same as the sender's.
  const back = await vera.patch(`messages/${id}`, { priority: 'important' })
  expect(selects(back.find(`m${id}`))[1]).toEqual(['n-f-priority', 'important* как отправлено: важно'])
})

function choicesIn({ children }: Element): string[] {
  return (children as Element[]).map(
    (choice) =>
      `${choice.attributes.get('value')}${choice.attributes.has('selected') ? '*' : ''} ${textOf(choice)}`,
  )
}

function findId({ children }: Element, id: string): Element | undefined {
  for (const child of children) {
    if (typeof child === 'string') continue
    const found = child.attributes.get('id') === id ? child : findId(child, id)
    if (found !== undefined) return found
  }
  return undefined
}

test('N5 a hidden message is out of the panel, stays in the history, and can be brought back', async () => {
  const id = await boris.send('Спрячь меня', { to: 'user:Вера' })
  const hidden = await vera.patch(`messages/${id}`, { status: 'hidden' })
  expect(hidden.find(`m${id}`)?.attributes.get('data-status')).toBe('hidden')
  expect(textOf(hidden.find(`m${id}`))).toContain('Вернуть')
  expect((await vera.get('panel')).find(`m${id}`)).toBeUndefined()
  expect((await vera.get('history', { box: 'all' })).find(`m${id}`)).toBeDefined()
  await vera.patch(`messages/${id}`, { status: 'read' })
  expect((await vera.get('panel')).find(`m${id}`)?.attributes.get('data-status')).toBe('read')
})

test('N12 somebody else’s message can be neither seen, answered nor changed', async () => {
  const id = await boris.send('Тайна', { to: 'user:Анна' })
  expect((await vera.patch(`messages/${id}`, { status: 'read' })).error).toBe('message-unknown')
  expect((await vera.get('compose', { parent: id })).error).toBe('message-unknown')
  expect((await vera.post('messages', { id: 'not-mine-1', text: 'x', parent: id })).error).toBe(
    'message-unknown',
  )
  const thread = await vera.get('panel', { thread: id })
  expect([thread.status, thread.text.includes('Тайна')]).toEqual([200, false])
  expect((await service.user('Анна', service.sklad).patch(`messages/${id}`, { status: 'read' })).error).toBe(
    'message-unknown',
  )
})

test('N12 nothing edits or deletes a message', async () => {
  const id = await boris.send('Как есть', { to: 'user:Вера' })
  for (const method of ['PUT', 'DELETE', 'POST']) {
    expect((await boris.ask(method, `messages/${id}`, { text: 'x' })).status).toBe(405)
  }
  expect((await boris.patch(`messages/${id}`, { status: 'read', text: 'x' })).error).toBe(
    'field-unknown; name=text',
  )
  expect(textOf((await vera.get('panel')).find(`m${id}`))).toContain('Как есть')
})

test('N17 a text is shown as it was written, its lines and all', async () => {
  const text = 'Первая\r\nвторая\n\n  третья <b>&amp;"\u001b[31m'
  const id = await boris.send(text, { to: 'user:Вера' })
  expect(textOf((await vera.get('panel')).find(`m${id}`))).toContain(
    'Первая\nвторая\n\n  третья <b>&amp;"[31m',
  )
  const longest = '🔔'.repeat(10_000)
  const longId = await boris.send(longest, { to: 'user:Вера' })
  expect(textOf((await vera.get('panel')).find(`m${longId}`))).toContain(longest)
})
