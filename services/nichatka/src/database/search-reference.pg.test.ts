/** Search against one plain statement that looks at everything, over texts of all that PostgreSQL's parser knows apart. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MessageId, User } from '../domain.ts'
import type { Page } from '../store.ts'
import { all, everyone, openTestStore, type TestHost, type TestStore, to } from '../testing/test-store.ts'
import { searchMessages } from './search-messages.ts'
import { stretchesOf } from './stretches.ts'

let opened: TestStore
let host: TestHost
let reader: User

const words = [
  'договор',
  'договорами',
  'Ёлками',
  'ёлка',
  'елке',
  'organizations',
  'organ',
  'generalization',
  'general',
  'happy',
  'Happiness',
  'running',
  'run',
  'и',
  'the',
  'не',
  '15',
  '1500',
  '1e5',
  '1e5abc',
  '15.5',
  '-2',
  'v1',
  'ab12',
  'foo_bar',
  'x2y',
]
const compounds = [
  'ёлка-палка',
  'договор-счёт',
  'happy-ending',
  'general.example.com',
  'http://example.com/organizations/run?x=1',
  'anna@general.example.com',
  '/usr/share/договор.txt',
  '&amp;',
  '<b>run</b>',
  'мои\u0306ка',
  '100%',
  'a\\b',
  "don't",
  '1.2.3',
]
const between = [' ', ', ', '\n', ' — ', '. ', '/', '"']
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

beforeAll(async () => {
  opened = await openTestStore()
  host = await opened.newHost()
  const [sender, found] = await host.users('vera', 'oleg')
  reader = found
  const stranger = await host.user('anna')
  for (let number = 0; number < 200; number++) {
    const text = Array.from({ length: 1 + random(4) }, () => randomWord() + pick(between)).join('')
    await host.send(sender, number % 7 === 0 ? [everyone] : to(number % 3 === 0 ? stranger : reader), {
      text,
    })
  }
})
afterAll(() => opened[Symbol.asyncDispose]())

test(`N6 a search finds what a plain statement over all texts finds (SEED=${seed})`, async () => {
  let helped = 0
  let found = 0
  for (let round = 0; round < 400; round++) {
    const typed = randomQuery()
    const expected = await matching(typed)
    const page: Page = { limit: 1 + random(30) }
    const search = { user: reader, filter: all, typed }
    // The index alone; and after a look at some.
    for (const first of [0, 1 + random(40)]) {
      const answer = await searchMessages(opened.database, search, page, { all: 0, first })
      if (answer === undefined) continue
      helped++
      const ids = answer.shown.page.id.map(BigInt)
      expect([typed, first, ids]).toEqual([typed, first, expected.slice(0, page.limit + 1)])
      if (answer.isCountExact) expect([typed, answer.count]).toEqual([typed, expected.length])
      found += ids.length
    }
  }
  expect(helped).toBeGreaterThan(400)
  expect(found).toBeGreaterThan(400)
})

test(`N6 stretches of any range hold each of its ids, and are few (SEED=${seed})`, async () => {
  for (let round = 0; round < 100; round++) {
    const lowest = BigInt(random(2 ** (1 + random(31))))
    const highest = lowest + BigInt(random(2 ** (1 + random(24))))
    const keys = stretchesOf(lowest, highest)
    expect(keys.length).toBeLessThanOrEqual(16)
    const ids = [lowest, highest, (lowest + highest) / 2n]
    const { rows } = await opened.database.query<{ held: boolean }>(
      'SELECT stretches(id) && $2::bigint[] AS held FROM unnest($1::bigint[]) id',
      [ids, keys],
    )
    expect([lowest, highest, ...rows.map(({ held }) => held)]).toEqual([lowest, highest, true, true, true])
  }
})

/** From the newest, as the words of the service's documentation say: all words in any form, the last perhaps begun; or a part. */
async function matching(typed: string): Promise<MessageId[]> {
  const begun = /(?:^|\s)([\p{L}\p{N}]+)$/u.exec(typed)?.[1] ?? ''
  const { rows } = await opened.database.query<{ id: MessageId }>(
    `SELECT m.id FROM message m JOIN app_user u ON u.host_id = m.host_id AND u.id = $2
     LEFT JOIN delivery d ON d.host_id = m.host_id AND d.user_id = u.id AND d.message_id = m.id
     WHERE m.host_id = $1 AND (d.user_id IS NOT NULL OR m.to_everyone AND m.id >= u.sees_from_message_id)
       AND (to_tsvector('pg_catalog.russian', m.text) @@ (plainto_tsquery('pg_catalog.russian', $3)
           && CASE WHEN $4 = '' THEN '' ELSE to_tsquery('pg_catalog.russian', $4 || ':*') END)
         OR m.text ILIKE '%' || regexp_replace($5, '([\\\\%_])', '\\\\\\1', 'g') || '%')
     ORDER BY m.id DESC`,
    [reader.hostId, reader.id, typed.slice(0, typed.length - begun.length), begun, typed],
  )
  return rows.map(({ id }) => id)
}

function randomWord(): string {
  return random(4) === 0 ? pick(compounds) : pick(words)
}

/** Words, pieces of them, and several, as they are typed. */
function randomQuery(): string {
  const typed = Array.from({ length: pick([1, 1, 1, 2, 2, 3]) }, randomWord).join(pick([' ', ' ', ', ']))
  const start = pick([0, 0, random(typed.length)])
  const piece = typed.slice(start, pick([typed.length, start + 2 + random(12)])).trim()
  return piece === '' ? pick(words) : random(4) === 0 ? piece.toUpperCase() : piece
}

function pick<T>(all: readonly T[]): T {
  return all[random(all.length)]!
}

let state = seed
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
