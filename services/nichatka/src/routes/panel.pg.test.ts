/** The panel: what it finds, its pages, and what it does while its reader is writing. */
import { beforeAll, expect, test } from 'vitest'
import { boris, service, vera } from '../testing/shared-service.ts'
import { type FieldValues, keysOf, type TestAnswer, textOf } from '../testing/test-user.ts'

beforeAll(() => vera.get('status'))

const messagesIn = (answer: TestAnswer) => [...answer.text.matchAll(/data-key="m(\d+)"/g)].map(([, id]) => id)

/** The buttons of an answer that make this call, with what they send. */
function buttons(answer: TestAnswer, name: string): FieldValues[] {
  const found = [...answer.text.matchAll(/<button [^>]*data-send="([^"]*)"[^>]*>([^<]*)</g)]
  return found
    .filter(([, , text]) => text === name)
    .map(([, send = '']) => Object.fromEntries(new URLSearchParams(send.replaceAll('&amp;', '&'))))
}

test('N10 the panel has all its parts, each once, and says that it is not encrypted from end to end', async () => {
  const panel = await vera.get('panel')
  expect(keysOf(panel)).toEqual(['bell', 'panel'])
  for (const key of ['boxes', 'notice', 'compose', 'recipients', 'groups', 'filters', 'news', 'list']) {
    expect(panel.find(key), key).toBeDefined()
  }
  expect(textOf(panel.find('panel'))).toContain('Сквозного шифрования здесь нет')
  const english = await vera.get('panel', { lang: 'en' })
  expect(textOf(english.find('panel'))).toContain('There is no end-to-end encryption here')
})

test('N10 an empty place says what will be here, and offers the one thing to do', async () => {
  const lonely = service.user('одна')
  for (const [path, fields, text] of [
    ['panel', {}, 'Здесь будут сообщения, написанные вам.'],
    ['panel', { box: 'outgoing' }, 'Здесь будут сообщения, которые вы отправите.'],
    ['history', { box: 'all' }, 'Здесь будут все ваши сообщения, и скрытые тоже.'],
    ['panel', { q: 'нет такого' }, 'Таких сообщений нет.'],
  ] as const) {
    const list = (await lonely.get(path, fields)).find('list')
    expect(textOf(list)).toContain(text)
    expect(list?.attributes.get('data-newest')).toBe('0')
    expect(list?.attributes.get('data-path')).toBe(path)
  }
})

test('N16 every filter finds what it names and nothing else, and the count agrees', async () => {
  const reader = service.user('читатель')
  const group = await boris.post('groups', { name: 'Огород', member: 'читатель' })
  const groupId = /GET compose" data-send="to=group:(\d+)/.exec(group.text)![1]!
  const plain = await boris.send('Рассада готова', { to: 'user:читатель' })
  const urgent = await service
    .user('anna')
    .send('Пожар', { to: ['user:читатель', 'user:Вера'], priority: 'critical' })
  const grouped = await boris.send('Всем огородникам', { to: `group:${groupId}` })
  service.clock.advance(2 * 86_400_000)
  const late = await boris.send('Позднее слово', { to: 'user:читатель' })
  const own = await reader.send('Моё', { to: 'user:boris' })
  await reader.patch(`messages/${plain}`, { color: 'green', status: 'read' })
  await reader.patch(`messages/${urgent}`, { status: 'hidden' })
  const found: [FieldValues, string[]][] = [
    [{}, [late, grouped, plain]],
    [{ box: 'outgoing' }, [own]],
    [{ box: 'all', status: 'all' }, [own, late, grouped, urgent, plain]],
    [{ status: 'new' }, [late, grouped]],
    [{ status: 'read' }, [plain]],
    [{ status: 'hidden' }, [urgent]],
    [{ color: 'green' }, [plain]],
    [{ color: 'none' }, [late, grouped]],
    [{ status: 'all', priority: 'critical' }, [urgent]],
    [{ status: 'all', from: ' anna ' }, [urgent]],
    [{ status: 'all', to: 'Вера' }, [urgent]],
    [{ group: groupId }, [grouped]],
    [{ since: '2026-01-02' }, [late]],
    [{ until: '2026-01-01' }, [grouped, plain]],
    [{ since: '2026-01-01', until: '2026-01-03' }, [late, grouped, plain]],
    [{ until: '2026-01-02', tz: 'Pacific/Kiritimati' }, [grouped, plain]],
    [{ since: '2026-01-02', until: '2026-01-02' }, []],
    [{ q: 'рассаду' }, [plain]],
    [{ q: 'ассад' }, [plain]],
    [{ q: '\u0000 %_\\' }, []],
    [{ q: '' }, [late, grouped, plain]],
    [{ thread: late }, [late]],
  ]
  for (const [fields, ids] of found) {
    const answer = await reader.get('panel', { part: 'list', ...fields })
    expect(messagesIn(answer), JSON.stringify(fields)).toEqual(ids)
    const count = {
      0: 'Таких сообщений нет',
      1: '1 сообщение',
      2: '2 сообщения',
      3: '3 сообщения',
      5: '5 сообщений',
    }
    expect(textOf(answer.find('list'))).toContain(count[ids.length as 0])
  }
  expect(messagesIn(await reader.get('history', { box: 'all' }))).toEqual([own, late, grouped, urgent, plain])
})

test('N16 the form of filters shows what is in force, and can be reset', async () => {
  const fields = {
    q: '"a" & <b>',
    status: 'all',
    priority: 'critical',
    color: 'teal',
    from: 'boris',
    since: '2026-01-01',
  }
  const panel = await vera.get('panel', fields)
  expect(panel.find('filters')?.attributes.has('open')).toBe(true)
  for (const [name, value] of Object.entries(fields)) {
    const escaped = value
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
    expect(panel.text).toMatch(
      name === 'status' || name === 'priority' || name === 'color'
        ? new RegExp(`name="${name}">.*?<option value="${value}" selected="">`)
        : new RegExp(`name="${name}" value="${escaped}"`),
    )
  }
  const query = Object.fromEntries(new URLSearchParams(panel.find('list')?.attributes.get('data-query')))
  expect(query).toEqual({ ...fields, box: 'incoming' })
  expect(buttons(panel, 'Сбросить фильтры')[0]).toEqual({ box: 'incoming' })
  expect((await vera.get('panel', query)).status).toBe(200)
})

test('N16 pages lead from the newest to the oldest and back, each message once', async () => {
  const reader = service.user('листатель')
  const sent: string[] = []
  for (let count = 0; count < 7; count++) sent.unshift(await boris.send(`${count}`, { to: 'user:листатель' }))
  let page = await reader.get('panel', { limit: 3, part: 'list' })
  const seen = [messagesIn(page)]
  for (let older = buttons(page, 'Старее'); older.length > 0; older = buttons(page, 'Старее')) {
    page = await reader.get('panel', older[0])
    seen.push(messagesIn(page))
    expect(page.find('list')?.attributes.get('data-newest')).toBe(sent[0])
  }
  expect(seen).toEqual([sent.slice(0, 3), sent.slice(3, 6), sent.slice(6)])
  page = await reader.get('panel', buttons(page, 'Новее')[0])
  expect(messagesIn(page)).toEqual(sent.slice(3, 6))
  page = await reader.get('panel', buttons(page, 'Новее')[0])
  expect([messagesIn(page), buttons(page, 'Новее')]).toEqual([sent.slice(0, 3), []])
})

test('N11 while the reader is writing the list is left alone, and what came is told', async () => {
  const reader = service.user('пишущая')
  await boris.send('до', { to: 'user:пишущая' })
  const list = (await reader.get('panel')).find('list')!
  const refresh: FieldValues = { part: 'list', box: 'incoming', refresh: list.attributes.get('data-newest')! }
  expect(keysOf(await reader.get('panel', refresh))).toEqual(['bell', 'news', 'list'])
  await reader.patch('typing', { typing: '1' })
  const quiet = await reader.get('panel', refresh)
  expect([keysOf(quiet), textOf(quiet.find('news'))]).toEqual([['bell', 'news'], ''])
  await boris.send('раз', { to: 'user:пишущая' })
  await boris.send('два', { to: 'user:пишущая' })
  const news = await reader.get('panel', refresh)
  expect(keysOf(news)).toEqual(['bell', 'news'])
  expect(textOf(news.find('news'))).toContain('Пока вы писали, пришло 2 сообщения')
  const shown = await reader.get('panel', buttons(news, 'Показать')[0])
  expect([keysOf(shown), messagesIn(shown).length]).toEqual([['bell', 'news', 'list'], 3])
  service.clock.advance(20_000)
  expect((await reader.get('panel', refresh)).find('list')).toBeDefined()
  await reader.patch('typing', { typing: '1' })
  await reader.patch('typing', { typing: '0' })
  expect((await reader.get('panel', refresh)).find('list')).toBeDefined()
  await reader.patch('typing', { typing: '1' })
  await reader.post('messages', { id: 'ends-typing', text: 'готово', to: 'user:boris' })
  expect((await reader.get('panel', refresh)).find('list')).toBeDefined()
})

test('N11 somebody who had no message yet is told of the first', async () => {
  const reader = service.user('первая')
  await reader.patch('typing', { typing: '1' })
  await boris.send('первое', { to: 'user:первая' })
  const news = await reader.get('panel', { part: 'list', refresh: 0 })
  expect(textOf(news.find('news'))).toContain('пришло 1 сообщение')
})

test('a thread opens from any of its messages, and leads back', async () => {
  const first = await boris.send('Начало', { to: 'user:Вера' })
  const answer = await vera.send('Продолжение', { parent: first })
  for (const id of [first, answer]) {
    const thread = await boris.get('panel', { thread: id, part: 'list' })
    expect(messagesIn(thread)).toEqual([answer, first])
    expect(buttons(thread, 'Ко всем сообщениям')[0]).toEqual({ part: 'list' })
  }
  expect(buttons(await vera.get('panel', { limit: 1 }), 'Переписка')[0]).toEqual({
    thread: first,
    part: 'list',
  })
})

test('of many recipients the first are named, and the others are one click away', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `user:r${index}`)
  const id = await boris.send('Многим', { to: names })
  const list = (await boris.get('panel', { box: 'outgoing', limit: 1 })).find(`m${id}`)
  expect(textOf(list)).toContain('Кому: r0, r1, r2, r3, r4и ещё 7 получателейr5, r6')
})
