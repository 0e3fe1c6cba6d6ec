/** N1–N8, N12, N13: long random histories, held step by step against a model that is too plain to be wrong. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Address,
  colors,
  type GroupId,
  type MessageId,
  type Nickname,
  priorities,
  statuses,
  type User,
} from './domain.ts'
import type { MessageChange, MessageFilter, NewMessage, Page } from './store.ts'
import { ModelHost, type ModelMessage } from './testing/model.ts'
import { recountUnread } from './testing/recount.ts'
import { openTestStore, type TestStore } from './testing/test-store.ts'

const seed = Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 2 ** 31
const steps = Number.parseInt(process.env.VECHE_STEPS ?? '', 10) || 400
const day = 24 * 60 * 60 * 1000

let opened: TestStore

beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened[Symbol.asyncDispose]())

/** mulberry32 */
function createRandom(from: number) {
  let state = from
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (max: number) => Math.floor(next() * max)
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!
  const some = <T>(values: readonly T[], max: number): T[] =>
    Array.from({ length: below(max + 1) }, () => pick(values))
  return { chance: (share: number) => next() < share, below, pick, some }
}

const nicknames = ['vera', 'Vera', 'олег', 'анна', 'b%', 'c_', 'новый', '__proto__'] as Nickname[]
/** Each with its forms; no form is part of another word, so that the model needs no stemmer. */
const words = [
  ['заявка', 'заявки', 'заявкой'],
  ['сервер', 'серверы', 'серверами'],
  ['running', 'runs'],
  ['договор', 'договоры', 'договором'],
  ['100%'],
  ['файл_1'],
]
const isText = (text: string, query: string) => {
  const has = (typed: string) =>
    words.some((forms) => forms.includes(typed) && forms.some((form) => text.split(' ').includes(form)))
  const typed = query.toLowerCase()
  return text.includes(typed) || (!/[%_]/.test(typed) && typed.split(' ').every(has))
}

test(`N13 whatever happens, each user sees what the model says (VECHE_SEED=${seed})`, async () => {
  const random = createRandom(seed)
  const hosts = await Promise.all(
    ['one', 'two'].map(async (name) => ({
      ...(await opened.newHost(name)),
      id: await opened.store.ensureHost(name),
      model: new ModelHost(),
    })),
  )
  for (let step = 0; step < steps; step++) {
    const host = random.pick(hosts)
    await act(random, host).catch((error: unknown) => {
      throw new Error(`step ${step} of seed ${seed}`, { cause: error })
    })
    await compare(random, random.pick(hosts)).catch((error: unknown) => {
      throw new Error(`after step ${step} of seed ${seed}`, { cause: error })
    })
    expect(await recountUnread(opened.database), `after step ${step} of seed ${seed}`).toEqual([])
  }
})

type Random = ReturnType<typeof createRandom>
interface Pair {
  readonly id: Awaited<ReturnType<TestStore['store']['ensureHost']>>
  readonly model: ModelHost
}

async function act(random: Random, { id: hostId, model }: Pair): Promise<void> {
  const { store, clock } = opened
  if (random.chance(0.3)) clock.advance(random.below(3 * day))
  if (random.chance(0.02)) clock.advance(-random.below(5 * day) - 120_000)
  const user = await someone(random, { id: hostId, model })
  const kind = random.below(20)
  if (kind < 9) await send(random, { id: hostId, model }, user)
  else if (kind < 16) await change(random, { id: hostId, model }, user)
  else if (kind < 17) {
    const named = random.some(nicknames, 4)
    const fresh = new Set(named.filter((nickname) => !model.users.has(nickname))).size
    expect(await store.nameUsers(hostId, named)).toBe(fresh)
    for (const nickname of named) model.addUser(nickname, clock.nowMs())
  } else await changeGroups(random, { id: hostId, model }, user)
}

async function someone(random: Random, { id, model }: Pair): Promise<User> {
  const nickname = random.pick(nicknames)
  const user = await opened.store.ensureUser(id, nickname)
  model.addUser(nickname, opened.clock.nowMs())
  return user
}

async function send(random: Random, { model }: Pair, user: User): Promise<void> {
  const message = newMessage(random, model)
  const expected = model.refusalOf(user.nickname, message)
  const result = await opened.store.sendMessage(user, message)
  expect([message, result.kind]).toEqual([message, expected])
  if (!('id' in result)) return
  if (result.kind === 'repeated') expect(result.id).toBe(model.keys.get(`${user.nickname} ${message.key}`))
  else model.send(user.nickname, message, { id: result.id, nowMs: opened.clock.nowMs() })
}

function newMessage(random: Random, model: ModelHost): NewMessage {
  const key = `key-${random.below(2000)}`
  const text = Array.from({ length: 1 + random.below(4) }, () => random.pick(random.pick(words))).join(' ')
  const parent = random.pick(model.messages)
  if (parent !== undefined && random.chance(0.4)) {
    const priority = random.pick([undefined, undefined, parent.priority, ...priorities])
    const replyTo = random.pick(['sender', 'all'] as const)
    return { kind: 'reply', key, text, parent: parent.id, replyTo, ...(priority && { priority }) }
  }
  const to: Address[] = random.some(nicknames, 3).map((nickname) => ({ kind: 'user', nickname }))
  const groupId = random.pick([...model.groups.keys(), 77n as GroupId])
  if (random.chance(0.3)) to.push({ kind: 'group', groupId })
  if (random.chance(0.25)) to.push({ kind: 'everyone' })
  return { kind: 'first', key, text, priority: random.pick(priorities), to }
}

async function change(random: Random, { model }: Pair, user: User): Promise<void> {
  const id = random.pick(model.messages)?.id ?? (5n as MessageId)
  const changes: MessageChange = {
    ...(random.chance(0.5) && { status: random.pick(['read', 'hidden'] as const) }),
    ...(random.chance(0.4) && { color: random.pick([...colors, 'none'] as const) }),
    ...(random.chance(0.4) && { priority: random.pick([...priorities, 'sender'] as const) }),
  }
  const result = await opened.store.changeMessage(user, id, changes)
  expect(result).toBe(model.change(user.nickname, id, changes) ? 'changed' : 'message_unknown')
}

async function changeGroups(random: Random, { model }: Pair, user: User): Promise<void> {
  const { store, clock } = opened
  const name = random.pick(['Склад', 'склад', 'Касса', 'Отдел'])
  const isTaken = (except?: GroupId) =>
    [...model.groups].some(
      ([id, group]) => id !== except && !group.isArchived && group.name.toLowerCase() === name.toLowerCase(),
    )
  const [add, remove] = [random.some(nicknames, 3), random.some(nicknames, 2)]
  const id = random.pick([...model.groups.keys()])
  if (id === undefined || random.chance(0.3)) {
    const result = await store.createGroup(user, { name, members: add })
    expect(result.kind).toBe(isTaken() ? 'name_taken' : 'done')
    if (result.kind !== 'done') return
    model.groups.set(result.group.id, { name, members: new Set(add), isArchived: false })
  } else {
    const group = model.groups.get(id)!
    const isArchived = random.chance(0.3) ? !group.isArchived : group.isArchived
    const result = await store.changeGroup(user, id, { name, add, remove, isArchived })
    expect(result.kind).toBe(!isArchived && isTaken(id) ? 'name_taken' : 'done')
    if (result.kind !== 'done') return
    for (const nickname of add) group.members.add(nickname)
    for (const nickname of remove) group.members.delete(nickname)
    Object.assign(group, { name, isArchived })
    expect(new Set(result.group.members)).toEqual(group.members)
  }
  for (const nickname of add.filter((each) => id === undefined || !remove.includes(each))) {
    model.addUser(nickname, clock.nowMs())
  }
}

async function compare(random: Random, { id: hostId, model }: Pair): Promise<void> {
  const { store } = opened
  const known = [...model.users]
  if (known.length === 0) return
  for (const nickname of known) {
    expect([nickname, await store.unread(await store.ensureUser(hostId, nickname))]).toEqual([
      nickname,
      model.unread(nickname),
    ])
  }
  const user = await store.ensureUser(hostId, random.pick(known))
  for (let round = 0; round < 3; round++) await compareList(random, model, user)
  const message = random.pick(model.messages)
  if (message === undefined) return
  const seen = await store.findMessage(user, message.id)
  expect(seen && summaryOfSeen(seen)).toEqual(
    message.views.has(user.nickname) ? summaryOf(model, message, user.nickname) : undefined,
  )
  const found = await store.findRecipients(hostId, '', 100)
  expect(new Set(found.users)).toEqual(model.users)
}

async function compareList(random: Random, model: ModelHost, user: User): Promise<void> {
  const { store } = opened
  const filter = someFilter(random, model)
  const expected = model.list(user.nickname, filter, isText)
  const than = random.pick(model.messages)?.id
  const limit = 1 + random.below(6)
  const kind = random.pick(['older', 'newer'] as const)
  const page: Page = than !== undefined && random.chance(0.6) ? { limit, cursor: { kind, than } } : { limit }
  const list = await store.listMessages(user, filter, page)
  const older = expected.filter(({ id }) => page.cursor === undefined || id < page.cursor.than)
  const newer = expected.filter(({ id }) => page.cursor !== undefined && id > page.cursor.than)
  const isNewer = page.cursor?.kind === 'newer'
  const shown = isNewer ? newer.slice(-limit) : older.slice(0, limit)
  expect({ filter, page, ...list, messages: list.messages.map(summaryOfSeen) }).toEqual({
    filter,
    page,
    messages: shown.map((message) => summaryOf(model, message, user.nickname)),
    unread: model.unread(user.nickname),
    count: expected.length,
    isCountExact: true,
    hasOlder: isNewer ? newer.length < expected.length : older.length > limit,
    hasNewer: isNewer ? newer.length > limit : older.length < expected.length,
  })
  expect(await store.countNewer(user, filter, than)).toBe(
    expected.filter(({ id }) => than === undefined || id > than).length,
  )
}

function someFilter(random: Random, model: ModelHost): MessageFilter {
  const maybe = <K extends string, V>(key: K, value: V | undefined, share = 0.15) =>
    value !== undefined && random.chance(share) ? ({ [key]: value } as Record<K, V>) : {}
  const query = random.pick([
    random.pick(random.pick(words)),
    random.pick(words.flat()).slice(0, 4).toUpperCase(),
    `${random.pick(words[0]!)} ${random.pick(words[1]!)}`,
    'ра',
  ])
  const now = opened.clock.nowMs()
  return {
    box: random.pick(['incoming', 'outgoing', 'all']),
    statuses: random.chance(0.4) ? statuses : statuses.filter(() => random.chance(0.6)),
    ...maybe('color', random.pick([...colors, 'none', 'none', 'none'] as const)),
    ...maybe('priority', random.pick(priorities)),
    ...maybe('from', random.pick([...nicknames, 'stranger' as Nickname])),
    ...maybe('to', random.pick(nicknames)),
    ...maybe('groupId', random.pick([...model.groups.keys()])),
    ...maybe('sinceMs', now - random.below(60 * day)),
    ...maybe('untilMs', now - random.below(60 * day)),
    ...maybe('query', query, 0.3),
    ...maybe('thread', random.pick(model.messages)?.id),
  }
}

function summaryOf(model: ModelHost, message: ModelMessage, nickname: Nickname) {
  const { isIncoming, isOutgoing, status, color, shownPriority } = message.views.get(nickname)!
  const { id, sender, text, sentAtMs, priority, parent, thread, toEveryone, named, groups } = message
  return {
    ...{ id, sender, text, sentAtMs, priority, isIncoming, isOutgoing, status, color, shownPriority },
    recipients: [
      ...(toEveryone ? ['everyone'] : []),
      ...named,
      ...groups.map((group) => model.groups.get(group)!.name),
    ].sort(),
    parent: parent?.views.has(nickname)
      ? { id: parent.id, sender: parent.sender, beginning: parent.text.slice(0, 120) }
      : undefined,
    hasThread: model.messages.some(
      (other) => other !== message && other.thread === thread && other.views.has(nickname),
    ),
  }
}

function summaryOfSeen(message: NonNullable<Awaited<ReturnType<TestStore['store']['findMessage']>>>) {
  return {
    ...message,
    recipients: message.recipients
      .map((recipient) =>
        recipient.kind === 'user'
          ? recipient.nickname
          : recipient.kind === 'group'
            ? recipient.name
            : 'everyone',
      )
      .sort(),
  }
}
