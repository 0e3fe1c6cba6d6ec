import { AccountId, ChatId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FakeGroup } from '../testing/fake-chats.ts'
import { refusalOf, startTestService, type TestService } from '../testing/test-service.ts'

let service: TestService
let garden: FakeGroup
let house: FakeGroup

beforeAll(async () => {
  service = await startTestService()
  garden = service.chats.add('Огород и сад', 'Рассада и грядки')
  house = service.chats.add('Дом 12')
  for (let index = 10; index < 40; index++) service.chats.add(`Соседи ${index}`)
  service.accounts.add('sosedi', 'Соседи')
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  await refresh(garden, house)
})

const refresh = (...groups: FakeGroup[]) =>
  service.internal.refreshGroups({ chatIds: groups.map(({ chatId }) => ChatId.toBytes(chatId)) })
const find = async (query: string, limit = 0, as?: AccountId) =>
  (await service.as(as).searchGroups({ query, limit })).groups.map(({ name }) => name)

test('M21 open groups are found by their names, in either alphabet, with mistakes, by the beginning; people are apart', async () => {
  await service.start()
  await expect.poll(() => find('соседи 39'), { timeout: 30_000 }).toEqual(['Соседи 39'])
  for (const query of ['огород', 'ogorod', 'огрод', 'ого', 'сад огород', 'jujhjl'])
    expect(await find(query), query).toEqual(['Огород и сад'])
  expect(await find('дом')).toEqual(['Дом 12'])
  const people = await service.as().searchPeople({ query: 'соседи' })
  expect(people.people.map(({ handle }) => handle)).toEqual(['sosedi'])
})

test('M21 by words of their descriptions, too: behind those that are called so, and without mistakes', async () => {
  const seeds = service.chats.add('Рассада', 'Меняемся семенами')
  const many = service.chats.add('Клуб', `${'слово '.repeat(80)}рассада`)
  await refresh(seeds, many, garden)
  expect(await find('рассада')).toEqual(['Рассада', 'Огород и сад'])
  for (const query of ['гряд', 'gryadki', 'сад рассада', 'РАССАДА и грядки'])
    expect(await find(query), query).toEqual(['Огород и сад'])
  for (const query of ['грядко', 'грдки', 'hfccflf грядки', 'слов рассада'])
    expect(await find(query), query).toEqual([])
  // A name with a mistake still stands before a description without one.
  const guess = service.chats.add('Грядка')
  await refresh(guess)
  expect(await find('грядки')).toEqual(['Грядка', 'Огород и сад'])
  for (const group of [seeds, many, guess]) group.isOpen = false
  await refresh(seeds, many, guess)
})

test('B6 M21 a description that is changed or closed is found no more, and by none more than 20 come', async () => {
  const described = Array.from({ length: 230 }, (_, index) => service.chats.add(`Группа ${index}`, 'Черенки'))
  const named = service.chats.add('Черенки')
  await refresh(...described, named)
  const found = await find('черенки')
  expect([found.length, found[0]]).toEqual([20, 'Черенки'])
  for (const group of described) group.isOpen = false
  expect(await find('черенки')).toEqual(['Черенки'])
  named.name = 'Саженцы'
  await refresh(named, ...described)
  expect(await find('черенки')).toEqual([])
  named.description = 'Черенки'
  expect(await find('черенки')).toEqual([])
  await refresh(named)
  expect(await find('черенки')).toEqual(['Саженцы'])
  named.isOpen = false
  await refresh(named)
})

test('M13 what is found of a group is what anyone may see, and the link by which anyone joins', async () => {
  const { groups } = await service.as().searchGroups({ query: 'огород' })
  const { $typeName, chatId, inviteSeed, ...shown } = groups[0]!
  expect(ChatId.fromBytes(chatId)).toBe(garden.chatId)
  expect(Buffer.from(inviteSeed)).toEqual(Buffer.from(garden.inviteSeed))
  expect([$typeName, shown]).toEqual([
    'veche.directory.v1.FoundGroup',
    { name: 'Огород и сад', description: 'Рассада и грядки', people: 3 },
  ])
})

test('B6 at most 20 in one answer, in an order that stays', async () => {
  expect(await find('соседи')).toHaveLength(20)
  expect(await find('соседи', 1000)).toEqual(await find('соседи'))
  expect(await find('соседи', 3)).toEqual((await find('соседи')).slice(0, 3))
})

test('M12 a group that was closed is never found, also while the index still has it', async () => {
  house.isOpen = false
  expect(await find('дом')).toEqual([])
  await refresh(house)
  expect(await find('дом')).toEqual([])
  house.isOpen = true
  await refresh(house)
  expect(await find('дом')).toEqual(['Дом 12'])
})

test('B6 a closed group and none are told apart by nothing: the same calls, statements and bytes', async () => {
  house.isOpen = false
  await refresh(house)
  const seen: unknown[] = []
  for (const query of ['дом', 'нет такой']) {
    service.statements.length = 0
    service.chats.calls.length = 0
    const answer = await service.as().searchGroups({ query })
    seen.push([[...service.statements], [...service.chats.calls], answer])
  }
  expect(seen[0]).toEqual(seen[1])
  house.isOpen = true
})

test('M13 who is banned from a group is not shown it; and by an old name nobody finds it', async () => {
  const banned = AccountId.fromBytes(new Uint8Array(32).fill(9))
  garden.banned.add(banned)
  expect(await find('огород', 0, banned)).toEqual([])
  expect(await find('огород')).toEqual(['Огород и сад'])
  garden.banned.clear()
  garden.name = 'Теплица'
  expect(await find('огород')).toEqual([])
  await refresh(garden)
  expect(await find('теплица')).toEqual(['Теплица'])
  garden.name = 'Огород и сад'
})

test('what was lost is found by the next comparison', async () => {
  await using other = await startTestService()
  const late = other.chats.add('Рыбалка')
  const old = other.chats.add('Лодки', 'Вёсла')
  await other.database.query(
    "INSERT INTO open_group (chat_id, name, keys, keys_version) VALUES ($1, 'Лодки', '{}', 1)",
    [ChatId.toBytes(old.chatId)],
  )
  const gone = other.chats.add('Охота')
  await other.internal.refreshGroups({ chatIds: [ChatId.toBytes(gone.chatId)] })
  gone.isOpen = false
  await other.start()
  const search = async (query: string) => (await other.as().searchGroups({ query })).groups
  await expect.poll(() => search('рыбалка'), { timeout: 30_000 }).toHaveLength(1)
  await expect.poll(() => search('весла'), { timeout: 30_000 }).toHaveLength(1)
  await expect
    .poll(() => other.database.query('SELECT name FROM open_group ORDER BY name').then(({ rows }) => rows), {
      timeout: 30_000,
    })
    .toEqual([{ name: old.name }, { name: late.name }])
})

test('a query and a telling are bounded; without a token, or without chats, nothing is shown', async () => {
  for (const query of ['', 'a', 'x'.repeat(65)])
    expect(await refusalOf(find(query))).toBe('InvalidArgument query_invalid')
  for (const query of ["'; DROP TABLE open_group", '%_', '{1,2}', '\u0000\u0001'])
    expect(await find(query)).toEqual([])
  const id = ChatId.toBytes(garden.chatId)
  expect(await refusalOf(service.internal.refreshGroups({ chatIds: Array(501).fill(id) }))).toBe(
    'InvalidArgument too_many_ids',
  )
  expect(await refusalOf(service.internal.refreshGroups({ chatIds: [new Uint8Array(15)] }))).toBe(
    'InvalidArgument chat_id_invalid',
  )
  expect(await refusalOf(service.as('nobody').searchGroups({ query: 'дом' }))).toBe(
    'Unauthenticated token_missing',
  )
  service.chats.isReachable = false
  expect(await refusalOf(find('дом'))).toBe('Unavailable unavailable')
  service.chats.isReachable = true
})

test('B6 people and groups are searched out of one bucket', async () => {
  await using limited = await startTestService({ unlimited: false })
  const harvester = AccountId.fromBytes(new Uint8Array(32).fill(3))
  for (let count = 0; count < 15; count++) {
    await limited.as(harvester).searchPeople({ query: 'ab' })
    await limited.as(harvester).searchGroups({ query: 'ab' })
  }
  const call = limited.as(harvester).searchGroups({ query: 'ab' })
  expect(await refusalOf(call)).toBe('ResourceExhausted too_many_calls')
})
