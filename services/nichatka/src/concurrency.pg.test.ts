/** N5, N8, N12, N17: many at once, and nothing is lost, doubled or deadlocked. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { colors, type MessageId, type Nickname, priorities, type User } from './domain.ts'
import type { NewMessage } from './store.ts'
import { recountUnread } from './testing/recount.ts'
import {
  all,
  everyone,
  newKey,
  openTestStore,
  type TestHost,
  type TestStore,
  to,
} from './testing/test-store.ts'

let opened: TestStore

beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened[Symbol.asyncDispose]())

const workers = 50
const rounds = Number.parseInt(process.env.VECHE_ROUNDS ?? '', 10) || 20

interface Work {
  readonly host: TestHost
  readonly user: User
  readonly users: readonly User[]
  readonly sent: Map<string, MessageId>
  readonly ids: MessageId[]
}

test('N8 50 at once send, label, hide, read, appear and write to everyone; every counter is right', async () => {
  const host = await opened.newHost()
  const users = await Promise.all(Array.from({ length: 12 }, (_, number) => host.user(`u${number}`)))
  const sent = new Map<string, MessageId>()
  const ids: MessageId[] = []
  const work = async (_: unknown, worker: number) => {
    for (let round = 0; round < rounds; round++) {
      const user = users[(worker + round) % users.length]!
      await actions[(worker * 7 + round) % actions.length]!({ host, user, users, sent, ids })
    }
  }
  const watch = watchCounters(host)
  await Promise.all(Array.from({ length: workers }, work))
  watch.stop()
  await watch.done
  expect(await recountUnread(opened.database)).toEqual([])
  await nothingDoubled(users, sent)
  const { rows } = await opened.database.query<{ deadlocks: bigint }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  )
  expect(rows).toEqual([{ deadlocks: 0n }])
})

/** The recount is one statement: it must agree in the midst of it all. */
function watchCounters(host: TestHost) {
  let stopped = false
  const done = (async () => {
    while (!stopped) {
      expect(await recountUnread(opened.database)).toEqual([])
      await opened.store.nameUsers(host.id, [`named${newKey()}` as Nickname])
    }
  })()
  const stop = () => {
    stopped = true
  }
  return { stop, done }
}

const at = <T>(values: readonly T[], number: number): T | undefined =>
  values[number % Math.max(values.length, 1)]
let turn = 0

const actions: ((work: Work) => Promise<void>)[] = [
  (work) => send(work, { kind: 'first', ...written(), to: to(...work.users.slice(0, 1 + (turn++ % 5))) }),
  (work) => send(work, { kind: 'first', ...written(), to: to(`new${turn++ % 40}`, work.user) }),
  (work) => send(work, { kind: 'first', ...written(), to: [everyone] }),
  async (work) => {
    const parent = at(work.ids, turn++)
    if (parent === undefined) return
    const reply = { kind: 'reply', key: newKey(), text: 't', parent } as const
    await send(work, { ...reply, replyTo: turn % 3 === 0 ? 'all' : 'sender' })
  },
  (work) => change(work, { status: turn++ % 2 === 0 ? 'read' : 'hidden' }),
  (work) => change(work, { color: colors[turn++ % colors.length]! }),
  (work) => change(work, { priority: priorities[turn++ % 3]!, ...(turn % 5 === 0 && { status: 'read' }) }),
  async ({ host }) => void (await host.user(`later${turn++ % 30}`)),
  async ({ user, host }) => {
    const name = `group ${turn++ % 5}`
    const created = await opened.store.createGroup(user, { name, members: [`member${turn}` as Nickname] })
    if (created.kind === 'done') return
    const group = (await opened.store.listGroups(host.id, { archived: false })).find(
      (each) => each.name === name,
    )
    if (group)
      await opened.store.changeGroup(user, group.id, { add: [user.nickname], remove: ['u3' as Nickname] })
  },
  async ({ user }) => {
    const { ordinary, important, critical } = await opened.store.unread(user)
    expect(Math.min(ordinary, important, critical)).toBeGreaterThanOrEqual(0)
    await opened.store.listMessages(user, { ...all, statuses: ['new'] }, { limit: 20 })
  },
]

function written() {
  return { key: newKey(), text: 't', priority: priorities[turn % 3]! }
}

/** Twice at once with one key. */
async function send({ user, sent, ids }: Work, message: NewMessage): Promise<void> {
  const answers = await Promise.all([
    opened.store.sendMessage(user, message),
    opened.store.sendMessage(user, message),
  ])
  const found = new Set(answers.map((answer) => ('id' in answer ? answer.id : answer.kind)))
  expect(found.size).toBe(1)
  for (const answer of answers) {
    if (answer.kind !== 'sent') continue
    sent.set(message.key, answer.id)
    ids.push(answer.id)
  }
}

/** Two of the user's newest at once, the same in two ways. */
async function change(
  { user, ids }: Work,
  changes: Parameters<TestStore['store']['changeMessage']>[2],
): Promise<void> {
  const id = at(ids.slice(-20), turn++)
  if (id === undefined) return
  await Promise.all([
    opened.store.changeMessage(user, id, changes),
    opened.store.changeMessage(user, id, { status: 'read' }),
    opened.store.changeMessage(user, id, changes),
  ])
}

async function nothingDoubled(users: readonly User[], sent: ReadonlyMap<string, MessageId>): Promise<void> {
  expect(new Set(sent.values()).size).toBe(sent.size)
  const { rows } = await opened.database.query<{ count: bigint }>('SELECT count(*) FROM message')
  expect(Number(rows[0]!.count)).toBe(sent.size)
  for (const user of users) {
    const { messages } = await opened.store.listMessages(user, all, { limit: 5000 })
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
  }
}

test('N8 a new user and a message to everyone at once: the user sees it and counts it, or neither', async () => {
  const host = await opened.newHost()
  const sender = await host.user('sender')
  for (let round = 0; round < 30; round++) {
    const [user] = await Promise.all([host.user(`user${round}`), host.send(sender, [everyone])])
    const { count } = await opened.store.listMessages(user, all, { limit: 1 })
    expect((await opened.store.unread(user)).ordinary).toBe(count)
    expect(count).toBe(round + 1)
  }
  expect(await recountUnread(opened.database)).toEqual([])
})

test('N11 messages appear in the order of their ids: none is missed by asking for newer ones', async () => {
  const host = await opened.newHost()
  const [reader, ...senders] = await host.users('reader', 'a', 'b', 'c', 'd', 'e', 'f')
  let busy = true
  const sending = Promise.all(
    senders.map(async (sender) => {
      for (let round = 0; round < 20; round++) await host.send(sender, to(reader))
    }),
  ).finally(() => {
    busy = false
  })
  const seen: MessageId[] = []
  const readNewer = async () => {
    const than = seen.at(-1) ?? (0n as MessageId)
    const page = { limit: 50, cursor: { kind: 'newer', than } } as const
    const { messages } = await opened.store.listMessages(reader, all, page)
    seen.push(...messages.map(({ id }) => id).reverse())
  }
  while (busy) await readNewer()
  await sending
  await readNewer()
  await readNewer()
  await readNewer()
  expect(seen).toHaveLength(120)
})
