/**
 * F1 F2 for Nichatka: five hundred users of one host write, answer, read, label and hide at once, while the server and
 * its PostgreSQL are killed with SIGKILL at random moments. Whoever got no answer asks again. Afterwards what is stored
 * and what is shown are compared with everything that was asked and acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom, seedFromEnvironment, until } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../packages/service-kit/src/index.ts'
import { colors, priorities, statuses } from '../../services/nichatka/src/domain.ts'
import { recountUnread } from '../../services/nichatka/src/testing/recount.ts'
import { BusyUser, idsIn } from './busy-user.ts'
import { Expectations, type StoredMessage, type StoredView } from './expectations.ts'
import { allOf, byKey, type Element, textOf } from './fragments.ts'
import { makeHost } from './host-tokens.ts'
import { Ledger } from './ledger.ts'
import type { NichatkaClient } from './nichatka-client.ts'
import { Scene } from './scene.ts'

const isLong = process.env.VECHE_LONG === '1'
const KILLS = isLong ? 40 : 5
/** Answers between two kills, at least. */
const ANSWERS_EACH = 400
const USERS = 500
/** Users whose whole history is read as they would read it. */
const READERS = isLong ? 100 : 20
const seed = seedFromEnvironment()
const random = randomFrom(seed)

const host = makeHost('vehno', ['http://127.0.0.1:1'])
const nicknames = Array.from({ length: USERS }, (_, index) => `user ${index}`)
const ledger = new Ledger()
/** From a kill to the next answer. */
const outagesMs: number[] = []
let scene: Scene
let clients: readonly NichatkaClient[]
let groups: readonly string[]
let changing: string

beforeAll(async () => {
  scene = await Scene.start([host])
  clients = nicknames.map((nickname) => scene.client(host, nickname))
  await scene.nameUsers(host, nicknames)
  groups = await Promise.all([3, 10, 30, 100].map(makeGroup))
  changing = await makeGroup(1)
})
afterAll(() => scene[Symbol.asyncDispose]())

test(`F1 F2 N1 N8 N12 ${USERS} users and ${KILLS} kills: everything acknowledged is there once, and nothing else (VECHE_SEED=${seed})`, async () => {
  let isOver = false
  const town = { nicknames, groups, changing, ledger, random }
  const users = clients.map((client) => new BusyUser(client, town).run(() => isOver))
  const done = Promise.all(users).finally(() => {
    isOver = true
  })
  await Promise.race([done, killAgainAndAgain(() => isOver)])
  isOver = true
  await done
  const { sent, acknowledged, unanswered, refused, repeated } = ledger
  console.info({
    seed,
    kills: KILLS,
    outagesMs,
    acknowledged,
    unanswered,
    refused,
    repeated,
    messages: sent.length,
  })
  expect(unanswered).toBeGreaterThan(KILLS)

  await using database = scene.openDatabase()
  const { messages, views } = await readEverything(database)
  const expected = new Expectations(ledger, nicknames, messages)
  expect(await recountUnread(database)).toEqual([])
  expect(expected.faults()).toEqual([])
  expect(wrongViews(expected, messages, views)).toEqual([])
  expect(await wrongBells(expected)).toEqual([])
  expect(await wrongPanels(expected, messages)).toEqual([])
  expect(await groupFaults(database)).toEqual([])
}, 1_800_000)

/** Each kill waits for answers, so that something is under way, and then for a random moment. */
async function killAgainAndAgain(isOver: () => boolean): Promise<void> {
  const more = (count: number) => {
    const goal = ledger.acknowledged + count
    return until(() => isOver() || ledger.acknowledged > goal)
  }
  for (let kill = 0; kill < KILLS && !isOver(); kill++) {
    await more(ANSWERS_EACH * (0.5 + random()))
    await sleep(random() * 200)
    const which = kill < 3 ? kill : Math.floor(random() * 3)
    const before = performance.now()
    if (which !== 0) await until(killPostgres)
    if (which !== 1) await scene.killServer()
    if (which !== 1) await scene.startServer()
    await more(1)
    outagesMs.push(Math.round(performance.now() - before))
  }
  await more(ANSWERS_EACH)
}

/** @returns false where it is just starting */
function killPostgres(): boolean {
  try {
    scene.postgres.kill()
    return true
  } catch {
    return false
  }
}

/** @returns its id */
async function makeGroup(count: number): Promise<string> {
  const members = nicknames.filter((_, index) => index % Math.floor(USERS / count) === 0).slice(0, count)
  const fields = [['name', `group of ${count}`] as const, ...members.map((each) => ['member', each] as const)]
  const answer = await clients[0]!.post('groups', { fields })
  expect([answer.status, answer.code]).toEqual([201, ''])
  await using database = scene.openDatabase()
  const { rows } = await database.query<{ id: bigint }>('SELECT id::bigint FROM user_group WHERE name = $1', [
    `group of ${count}`,
  ])
  const id = String(rows[0]!.id)
  ledger.groups.set(id, members)
  return id
}

async function readEverything(database: Database) {
  const { rows } = await database.query<StoredRow>(
    `SELECT message.id, nickname AS sender, text, key, priority, to_everyone, parent_id
     FROM message JOIN app_user ON app_user.id = sender_id`,
  )
  const messages = new Map(rows.map((row) => [String(row.id), toMessage(row)]))
  const deliveries = await database.query<DeliveryRow>(
    `SELECT nickname, message_id, status, color, shown_priority, incoming
     FROM delivery JOIN app_user ON app_user.id = user_id`,
  )
  const views = new Map(deliveries.rows.map((row) => [`${row.nickname} ${row.message_id}`, toView(row)]))
  expect(views.size).toBe(deliveries.rows.length)
  return { messages, views }
}

interface StoredRow {
  readonly id: bigint
  readonly sender: string
  readonly text: string
  readonly key: string
  readonly priority: number
  readonly to_everyone: boolean
  readonly parent_id: bigint | null
}

interface DeliveryRow {
  readonly nickname: string
  readonly message_id: bigint
  readonly status: number
  readonly color: number
  readonly shown_priority: number
  readonly incoming: boolean
}

function toMessage({ id, sender, text, key, priority, to_everyone, parent_id }: StoredRow): StoredMessage {
  const parentId = parent_id === null ? undefined : String(parent_id)
  return {
    id: String(id),
    sender,
    text,
    key,
    priority: priorities[priority]!,
    toEveryone: to_everyone,
    parentId,
  }
}

function toView({ status, color, shown_priority, incoming }: DeliveryRow): StoredView {
  return {
    status: statuses[status]!,
    color: colors[color - 1],
    priority: priorities[shown_priority]!,
    isIncoming: incoming,
  }
}

/** Of every user and every message: somebody has it who should not, or not who should, or sees it otherwise. */
function wrongViews(
  expected: Expectations,
  messages: ReadonlyMap<string, StoredMessage>,
  views: ReadonlyMap<string, StoredView>,
): string[] {
  const wrong: string[] = []
  for (const { id, toEveryone } of messages.values()) {
    for (const nickname of nicknames) {
      const stored = views.get(`${nickname} ${id}`)
      const due = expected.viewOf(nickname, id)
      // What everyone was sent has no row until its reader does something with it.
      if (stored === undefined && (due === undefined || (toEveryone && due.status === 'new'))) continue
      if (JSON.stringify(stored) !== JSON.stringify(due)) {
        wrong.push(`${nickname} ${id}: ${JSON.stringify(stored)} instead of ${JSON.stringify(due)}`)
      }
    }
  }
  return wrong
}

/** What each user's bell says, of whom it says something wrong. */
async function wrongBells(expected: Expectations): Promise<string[]> {
  const wrong = await Promise.all(
    clients.map(async (client) => {
      const bell = byKey((await client.get('status')).elements(), 'bell')!.attributes
      const { count, highest } = expected.unreadOf(client.nickname)
      const says = `${bell.get('data-unread')} ${bell.get('data-priority')}`
      return says === `${count} ${highest}`
        ? []
        : [`${client.nickname}: ${says} instead of ${count} ${highest}`]
    }),
  )
  return wrong.flat()
}

/** Reads some users' new messages and whole histories, page by page. */
async function wrongPanels(
  expected: Expectations,
  messages: ReadonlyMap<string, StoredMessage>,
): Promise<string[]> {
  const wrong: string[] = []
  for (const client of clients.slice(0, READERS)) {
    const due = [...messages.keys()].map((id) => ({ id, view: expected.viewOf(client.nickname, id) }))
    const lists = {
      new: due.filter(({ view }) => view?.status === 'new' && view.isIncoming),
      all: due.filter(({ view }) => view !== undefined),
    }
    const read = {
      new: await readPages(client, 'panel', { status: 'new', box: 'incoming' }, messages),
      all: await readPages(client, 'history', { status: 'all', box: 'all' }, messages),
    }
    for (const name of ['new', 'all'] as const) {
      const ids = lists[name].map(({ id }) => id).sort(newestFirst)
      if (ids.join() !== read[name].join()) {
        wrong.push(`${client.nickname}, ${name}: ${read[name].length} instead of ${ids.length}`)
      }
    }
  }
  return wrong
}

const newestFirst = (a: string, b: string) => Number(b) - Number(a)

/** Ids in the order in which they are shown, each with the text that belongs to it. */
async function readPages(
  client: NichatkaClient,
  path: string,
  filter: Readonly<Record<string, string>>,
  messages: ReadonlyMap<string, StoredMessage>,
): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const fields = { ...filter, part: 'list', limit: '100', ...(cursor && { cursor }) }
    const elements = (await client.get(path, { fields, charset: 'utf-8' })).elements()
    const page = idsIn(elements)
    if (page.every((id) => ids.includes(id))) break // the way back, from the last page
    for (const id of page) {
      const shown = textOf(byKey(elements, `m${id}`)!)
      if (!shown.includes(messages.get(id)!.text)) throw new Error(`message ${id} is shown with another text`)
    }
    ids.push(...page)
    cursor = lastCursor(elements)
  }
  return ids
}

/** Of the buttons to other pages: the one to older messages stands last. */
function lastCursor(elements: readonly Element[]): string | undefined {
  const cursors = elements
    .flatMap((element) => [...allOf(element)])
    .flatMap(({ attributes }) => {
      return new URLSearchParams(attributes.get('data-send')).get('cursor') ?? []
    })
  return cursors.at(-1)
}

async function groupFaults(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ id: bigint; name: string; members: string[] }>(
    `SELECT g.id::bigint, g.name, array_remove(array_agg(u.nickname), NULL) AS members
     FROM user_group g LEFT JOIN group_member m ON m.group_id = g.id LEFT JOIN app_user u ON u.id = m.user_id
     GROUP BY g.id, g.name`,
  )
  const stored = new Map(
    rows.map(({ id, name, members }) => [ledger.groups.has(String(id)) ? String(id) : name, members]),
  )
  const due = new Map(ledger.groups)
  const wereIn = due.get(changing)!.filter((nickname) => !ledger.joined.has(nickname))
  const cameIn = [...ledger.joined].flatMap(([nickname, isIn]) => (isIn ? [nickname] : []))
  due.set(changing, [...wereIn, ...cameIn])
  const names = new Set([...stored.keys(), ...due.keys()])
  return [...names].filter((name) => sorted(stored.get(name)) !== sorted(due.get(name)))
}

const sorted = (names: readonly string[] | undefined) => names?.toSorted().join()
