/** C4, N14: two hosts with the same nicknames, groups, keys and numbers never see each other, in any call there is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GroupId, type MessageId, type Nickname, priorities, type User } from './domain.ts'
import type { MessageFilter, Store } from './store.ts'
import { recountUnread } from './testing/recount.ts'
import { all, everyone, openTestStore, type TestHost, type TestStore, to } from './testing/test-store.ts'

let opened: TestStore
let store: Store

beforeAll(async () => {
  opened = await openTestStore()
  store = opened.store
})
afterAll(() => opened[Symbol.asyncDispose]())

interface Side {
  readonly host: TestHost
  readonly users: readonly [User, User]
  readonly groupId: GroupId
  readonly ids: MessageId[]
}

const nicknames = ['vera', 'oleg'] as Nickname[]

async function fillHost(mark: string): Promise<Side> {
  const host = await opened.newHost()
  const users = await host.users('vera', 'oleg')
  const created = await store.createGroup(users[0], { name: 'Склад', members: nicknames })
  if (created.kind !== 'done') throw new Error(created.kind)
  const groupId = created.group.id
  const ids: MessageId[] = []
  for (const [number, addresses] of [
    to(users[1]),
    [everyone],
    [{ kind: 'group', groupId } as const],
  ].entries()) {
    const priority = priorities[number]!
    ids.push(
      await host.send(users[0], addresses, { text: `слово ${mark}`, key: `same-key-${number}`, priority }),
    )
  }
  ids.push(await host.reply(users[1], ids[1]!, 'all', `слово ${mark}`))
  return { host, users, groupId, ids }
}

/** All that a side can see, by every call that reads. */
const readings: { [Method in keyof Store]?: (side: Side) => Promise<unknown> } = {
  ensureUser: ({ host }) => host.user('vera'),
  nameUsers: ({ host }) => store.nameUsers(host.id, nicknames),
  unread: ({ users }) => Promise.all(users.map((user) => store.unread(user))),
  listMessages: ({ users, groupId, ids }) =>
    Promise.all(
      users.flatMap((user) =>
        (
          [
            {},
            { query: 'слова' },
            { query: 'лов' },
            { from: nicknames[0]! },
            { to: nicknames[1]! },
            { groupId },
            { thread: ids[1]! },
            { sinceMs: 0, untilMs: opened.clock.nowMs() + 1 },
            { color: 'none', priority: 'critical' },
          ] as Partial<MessageFilter>[]
        ).map((filter) => store.listMessages(user, { ...all, ...filter }, { limit: 100 })),
      ),
    ),
  findMessage: ({ users, ids }) =>
    Promise.all(users.flatMap((user) => ids.map((id) => store.findMessage(user, id)))),
  countNewer: ({ users }) => Promise.all(users.map((user) => store.countNewer(user, all, undefined))),
  findRecipients: ({ host }) => store.findRecipients(host.id, '', 100),
  listGroups: ({ host }) => store.listGroups(host.id, { archived: true }),
  findGroup: ({ host, groupId }) => store.findGroup(host.id, groupId),
}

/** All that a side can do. */
const doings: { [Method in keyof Store]?: (side: Side) => Promise<unknown> } = {
  ensureHost: () => store.ensureHost('third'),
  ensureUser: ({ host }) => host.user('newcomer'),
  nameUsers: ({ host }) => store.nameUsers(host.id, ['named'] as Nickname[]),
  sendMessage: async ({ host, users, groupId, ids }) => {
    await host.send(users[0], [everyone, ...to('waiting')], { text: 'слово more' })
    await host.send(users[1], [{ kind: 'group', groupId }])
    await host.reply(users[1], ids[0]!)
    await host.send(users[0], to('vera'), { key: 'same-key-0' })
  },
  changeMessage: ({ users, ids }) =>
    Promise.all(
      users.flatMap((user) =>
        ids.map((id) =>
          store.changeMessage(user, id, { color: 'red', priority: 'critical', status: 'hidden' }),
        ),
      ),
    ),
  createGroup: ({ users }) =>
    store.createGroup(users[0], { name: 'Касса', members: ['cashier'] as Nickname[] }),
  changeGroup: ({ users, groupId }) =>
    store.changeGroup(users[0], groupId, { name: 'Иначе', remove: nicknames, isArchived: true }),
}

const read = async (side: Side) => {
  const answers = Object.entries(readings).map(async ([method, call]) => [method, await call(side)])
  return Object.fromEntries(await Promise.all(answers))
}

test('C4 what one host does changes nothing that another sees', async () => {
  const [one, two] = [await fillHost('first'), await fillHost('second')]
  expect([one.ids, one.groupId]).toEqual([two.ids, two.groupId])
  const methods = new Set([...Object.keys(readings), ...Object.keys(doings)])
  expect([...methods].sort()).toEqual(Object.keys(store).sort())
  const before = await read(two)
  for (const [method, call] of Object.entries(doings)) {
    await call(one)
    expect([method, await read(two)]).toEqual([method, before])
  }
  const text = JSON.stringify([await read(one), before], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  expect(text).toContain('first')
  const seen = JSON.stringify(before, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  expect(seen).not.toContain('first')
  expect(await recountUnread(opened.database)).toEqual([])
})

test('C4 what is new in one host is no one’s in the other', async () => {
  const [one, two] = [await fillHost('first'), await fillHost('second')]
  const extra = await one.host.send(one.users[0], to(one.users[1]))
  for (const user of two.users) {
    expect(await store.findMessage(user, extra)).toBeUndefined()
    expect(await store.changeMessage(user, extra, { status: 'read' })).toBe('message_unknown')
    const reply = { kind: 'reply', key: 'key-reply', text: 't', parent: extra, replyTo: 'all' } as const
    expect(await store.sendMessage(user, reply)).toEqual({ kind: 'message_unknown' })
    // A user of one host under the other's id is nobody there.
    const stray = { ...user, hostId: one.host.id }
    expect(await store.findMessage(stray, extra)).toBeUndefined()
    await expect(store.unread(stray)).rejects.toThrow('no such user')
  }
  const group = await store.createGroup(one.users[0], { name: 'Лишняя', members: [] })
  if (group.kind !== 'done') throw new Error(group.kind)
  expect(await store.findGroup(two.host.id, group.group.id)).toBeUndefined()
  expect(await store.changeGroup(two.users[0], group.group.id, { name: 'x' })).toEqual({
    kind: 'group_unknown',
  })
})
