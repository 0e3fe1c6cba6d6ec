import { afterAll, beforeAll, expect, test } from 'vitest'
import { colors, type MessageId, type User } from '../domain.ts'
import type { Page } from '../store.ts'
import {
  all,
  everyone,
  incoming,
  openTestStore,
  type TestHost,
  type TestStore,
  to,
} from '../testing/test-store.ts'
import type { Looking, Search } from './first-look.ts'
import type { ResolvedFilter } from './message-filter.ts'
import { searchMessages } from './search-messages.ts'

let opened: TestStore
let host: TestHost
let reader: User
/** From the newest. */
const texts: { readonly id: MessageId; readonly text: string }[] = []

const stems = ['договор', 'заявк', 'server', 'отчёт', 'Ёлк', 'I']
const ends = ['', 'а', 'ы', 'ing', '15', '-2']
const between = [' ', ', ', '/', ' — ', '\n', '. ']
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

beforeAll(async () => {
  opened = await openTestStore()
  host = await opened.newHost()
  const [sender, found] = await host.users('vera', 'oleg')
  reader = found
  const stranger = await host.user('anna')
  for (let number = 0; number < 150; number++) {
    const text = randomText()
    const id = await host.send(sender, number % 7 === 0 ? [everyone] : to(reader), { text })
    texts.unshift({ id, text })
    await host.send(sender, to(stranger), { text })
    if (number % 5 === 0) await opened.store.changeMessage(reader, id, { color: colors[0] })
  }
})
afterAll(() => opened[Symbol.asyncDispose]())

test(`N6 the index finds what looking at every message finds, and nothing else (SEED=${seed})`, async () => {
  let found = 0
  for (let round = 0; round < 300; round++) {
    const typed = randomQuery()
    const filter: ResolvedFilter = pick([all, incoming, { ...incoming, color: 'red' as const }])
    const than = pick(texts).id
    const page: Page = pick<Page>([
      { limit: 5 },
      { limit: 5, cursor: { kind: 'older', than } },
      { limit: 5, cursor: { kind: 'newer', than } },
    ])
    const expected = await matching(filter, typed)
    const answer = await search({ user: reader, filter, typed }, page, {
      all: 0,
      first: 0,
    })
    if (answer === undefined) continue
    found += answer.ids.length
    expect([typed, answer]).toEqual([typed, { ...pageOf(expected, page), isCountExact: true }])
  }
  expect(found).toBeGreaterThan(100)
})

test(`N6 looking at some first changes no page, nor any count that is said to be exact (SEED=${seed})`, async () => {
  let inexact = 0
  for (let round = 0; round < 300; round++) {
    const typed = randomQuery()
    const filter: ResolvedFilter = pick([all, incoming, { ...incoming, color: 'red' as const }])
    const than = pick(texts).id
    const limit = 1 + random(6)
    const page: Page = pick<Page>([
      { limit },
      { limit, cursor: { kind: 'older', than } },
      { limit, cursor: { kind: 'newer', than } },
    ])
    const expected = pageOf(await matching(filter, typed), page)
    const looked = 1 + random(30)
    const answer = await search({ user: reader, filter, typed }, page, {
      all: 0,
      first: looked,
    })
    if (answer === undefined) continue
    expect([typed, looked, answer.ids]).toEqual([typed, looked, expected.ids])
    if (answer.isCountExact)
      expect([typed, looked, answer]).toEqual([typed, looked, { ...expected, isCountExact: true }])
    else {
      inexact++
      expect(answer.count).toBe(limit)
      expect(answer.ids.length).toBe(limit + 1)
      expect(answer.hasBefore).toBe(page.cursor !== undefined)
    }
  }
  expect(inexact).toBeGreaterThan(20)
})

test('N6 a search that fills its page does not count the rest, and goes on from page to page', async () => {
  const filter = all
  const expected = await matching(filter, 'о')
  const ids: MessageId[] = []
  let cursor: Page['cursor']
  for (;;) {
    const list = await opened.store.listMessages(
      reader,
      { ...filter, query: 'о' },
      { limit: 20, ...(cursor && { cursor }) },
    )
    ids.push(...list.messages.map(({ id }) => id))
    if (list.isCountExact) expect(list.count).toBe(expected.length)
    else expect(list.count).toBe(20)
    if (!list.hasOlder) break
    cursor = { kind: 'older', than: list.messages.at(-1)!.id }
  }
  expect(ids).toEqual(expected)
})

test('N6 words longer than any index takes are stored and found', async () => {
  const id = await host.send(reader, to(reader), { text: `${'ж'.repeat(9_000)} конец` })
  for (const typed of ['жжж', 'конец', 'ж конец']) {
    const answer = await search({ user: reader, filter: all, typed }, { limit: 5 }, { all: 0, first: 0 })
    expect([typed, answer?.ids]).toEqual([typed, [id]])
  }
})

/** The ids of its page in the place of what is shown. */
async function search(asked: Search, page: Page, looking: Looking) {
  const answer = await searchMessages(opened.database, asked, page, looking)
  if (answer === undefined) return undefined
  const { shown, ...found } = answer
  return { ...found, ids: shown.page.id.map((id) => BigInt(id) as MessageId) }
}

/** By looking at every message. */
async function matching(filter: ResolvedFilter, typed: string): Promise<readonly MessageId[]> {
  const page = { limit: texts.length }
  const found = await search({ user: reader, filter, typed }, page, {
    all: texts.length * 2,
    first: 0,
  })
  return found!.ids
}

function pageOf(ids: readonly MessageId[], { cursor, limit }: Page) {
  const older = ids.filter((id) => cursor === undefined || id < cursor.than)
  const newer = ids.filter((id) => cursor !== undefined && id > cursor.than).reverse()
  const [onwards, rest] =
    cursor?.kind === 'newer' ? [newer, ids.length - newer.length] : [older, ids.length - older.length]
  return { ids: onwards.slice(0, limit + 1), count: ids.length, hasBefore: cursor !== undefined && rest > 0 }
}

function randomText(): string {
  return Array.from({ length: 1 + random(5) }, () => pick(stems) + pick(ends) + pick(between)).join('')
}

/** Words in other forms, and pieces out of the middle. */
function randomQuery(): string {
  if (random(2) === 0) return `${pick(stems)}${pick(ends)}${random(3) === 0 ? ` ${pick(stems)}` : ''}`
  const { text } = pick(texts)
  const start = random(text.length)
  const piece = text.slice(start, start + 2 + random(9)).trim()
  return piece === '' ? pick(stems) : random(2) === 0 ? piece.toUpperCase() : piece
}

function pick<T>(all: readonly T[]): T {
  return all[random(all.length)]!
}

let state = seed
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
