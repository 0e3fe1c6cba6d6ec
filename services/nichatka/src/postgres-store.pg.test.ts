import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Color, colors, type GroupId, type MessageId, type Nickname, type User } from './domain.ts'
import type { Message, MessageFilter } from './store.ts'
import { recountUnread } from './testing/recount.ts'
import { all, everyone, incoming, newKey, openTestStore, type TestStore, to } from './testing/test-store.ts'

let opened: TestStore
let store: TestStore['store']

beforeAll(async () => {
  opened = await openTestStore()
  store = opened.store
})
afterAll(() => opened[Symbol.asyncDispose]())
afterEach(async () => expect(await recountUnread(opened.database)).toEqual([]))

const page = { limit: 100 }
const list = async (user: User, filter: Partial<MessageFilter> = {}) =>
  (await store.listMessages(user, { ...all, ...filter }, page)).messages
const idsOf = async (user: User, filter: Partial<MessageFilter> = {}) =>
  (await list(user, filter)).map(({ id }) => id)
const see = async (user: User, id: MessageId): Promise<Message> => {
  const message = await store.findMessage(user, id)
  if (message === undefined) throw new Error('not visible')
  return message
}
const unreadOf = async (user: User) => {
  const { ordinary, important, critical } = await store.unread(user)
  return [ordinary, important, critical]
}
const groupOf = async (user: User, name: string, ...members: string[]): Promise<GroupId> => {
  const result = await store.createGroup(user, { name, members: members as Nickname[] })
  if (result.kind !== 'done') throw new Error(result.kind)
  return result.group.id
}
const toGroup = (groupId: GroupId) => ({ kind: 'group', groupId }) as const

test('N1 a message to one user is new to that user, and outgoing to its sender', async () => {
  const host = await opened.newHost()
  const [vera, oleg, third] = await host.users('vera', 'oleg', 'third')
  const id = await host.send(vera, to(oleg), { text: 'Привет', priority: 'important' })
  expect(await see(oleg, id)).toEqual({
    id,
    sender: 'vera',
    recipients: [{ kind: 'user', nickname: 'oleg' }],
    text: 'Привет',
    sentAtMs: opened.clock.nowMs(),
    priority: 'important',
    shownPriority: 'important',
    color: undefined,
    status: 'new',
    isOutgoing: false,
    isIncoming: true,
    parent: undefined,
    hasThread: false,
  })
  expect(await see(vera, id)).toMatchObject({ status: 'read', isOutgoing: true, isIncoming: false })
  expect(await store.findMessage(third, id)).toBeUndefined()
  expect([await unreadOf(vera), await unreadOf(oleg), await unreadOf(third)]).toEqual([
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ])
})

test('N1 a message to several, some of them twice and by group, reaches each once', async () => {
  const host = await opened.newHost()
  const [vera, oleg, anna] = await host.users('vera', 'oleg', 'anna')
  const groupId = await groupOf(vera, 'Склад', 'oleg', 'anna', 'vera')
  const id = await host.send(vera, [...to(oleg, oleg), toGroup(groupId), toGroup(groupId)])
  for (const user of [oleg, anna]) {
    expect(await idsOf(user)).toEqual([id])
    expect(await unreadOf(user)).toEqual([1, 0, 0])
  }
  expect((await see(anna, id)).recipients).toEqual([
    { kind: 'user', nickname: 'oleg' },
    { kind: 'group', groupId, name: 'Склад' },
  ])
  expect(await see(vera, id)).toMatchObject({ isIncoming: false, status: 'read' })
})

test('N1 a group is who is in it when the message is sent', async () => {
  const host = await opened.newHost()
  const [vera, oleg, anna] = await host.users('vera', 'oleg', 'anna')
  const groupId = await groupOf(vera, 'Склад', 'oleg')
  const first = await host.send(vera, [toGroup(groupId)])
  await store.changeGroup(vera, groupId, {
    add: ['anna' as Nickname],
    remove: ['oleg' as Nickname],
    name: 'Новый',
  })
  const second = await host.send(vera, [toGroup(groupId)])
  expect(await idsOf(oleg)).toEqual([first])
  expect(await idsOf(anna)).toEqual([second])
  expect((await see(oleg, first)).recipients).toEqual([{ kind: 'group', groupId, name: 'Новый' }])
})

test('N1 what goes to everyone reaches everyone but its sender', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const id = await host.send(vera, [everyone], { priority: 'critical' })
  expect(await unreadOf(oleg)).toEqual([0, 0, 1])
  expect(await unreadOf(vera)).toEqual([0, 0, 0])
  expect(await see(oleg, id)).toMatchObject({
    recipients: [{ kind: 'everyone' }],
    status: 'new',
    isIncoming: true,
    isOutgoing: false,
  })
  expect(await see(vera, id)).toMatchObject({ status: 'read', isIncoming: false, isOutgoing: true })
  expect(await idsOf(vera, { box: 'incoming' })).toEqual([])
})

test('N1 who writes to themselves by name receives it, alone or with everyone', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const note = await host.send(vera, to(vera))
  expect(await see(vera, note)).toMatchObject({ status: 'new', isIncoming: true, isOutgoing: true })
  const both = await host.send(vera, [everyone, ...to(vera, oleg)])
  expect(await unreadOf(vera)).toEqual([2, 0, 0])
  expect(await unreadOf(oleg)).toEqual([1, 0, 0])
  await store.changeMessage(vera, both, { status: 'read' })
  await store.changeMessage(oleg, both, { status: 'read' })
  expect([await unreadOf(vera), await unreadOf(oleg)]).toEqual([
    [1, 0, 0],
    [0, 0, 0],
  ])
})

test('N1 a nickname that nobody has seen waits for its user, from messages and from groups', async () => {
  const host = await opened.newHost()
  const vera = await host.user('vera')
  const groupId = await groupOf(vera, 'Склад', 'later')
  const byName = await host.send(vera, to('latest'))
  const byGroup = await host.send(vera, [toGroup(groupId)])
  expect(await idsOf(await host.user('latest'))).toEqual([byName])
  expect(await idsOf(await host.user('later'))).toEqual([byGroup])
  expect(await unreadOf(await host.user('latest'))).toEqual([1, 0, 0])
})

test('N1 an unknown or archived group refuses the message, and nothing is half done', async () => {
  const host = await opened.newHost()
  const vera = await host.user('vera')
  const archived = await groupOf(vera, 'Архив', 'oleg')
  await store.changeGroup(vera, archived, { isArchived: true })
  for (const groupId of [999n as GroupId, (2n ** 62n) as GroupId, archived]) {
    const sent = { kind: 'first', key: newKey(), text: 't', priority: 'ordinary' } as const
    expect(await store.sendMessage(vera, { ...sent, to: [toGroup(groupId), ...to('nobody')] })).toEqual({
      kind: 'group_unknown',
    })
  }
  expect((await store.findRecipients(host.id, 'nobody', 5)).users).toEqual([])
  expect(await list(vera)).toEqual([])
})

test('N17 a repeated key sends nothing and answers as the first time, also when both come at once', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const key = newKey()
  const send = (user: User) =>
    store.sendMessage(user, { kind: 'first', key, text: 't', priority: 'ordinary', to: to(oleg) })
  const answers = await Promise.all([send(vera), send(vera), send(vera)])
  expect(answers.map(({ kind }) => kind).sort()).toEqual(['repeated', 'repeated', 'sent'])
  expect(new Set(answers.map((answer) => 'id' in answer && answer.id)).size).toBe(1)
  expect(await unreadOf(oleg)).toEqual([1, 0, 0])
  expect(await send(oleg)).toMatchObject({ kind: 'sent' })
})

test('N4 a reply carries the priority that the sender set, never a reader’s own view of it', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const parent = await host.send(vera, to(oleg), { priority: 'critical' })
  await store.changeMessage(oleg, parent, { priority: 'ordinary' })
  const id = await host.reply(oleg, parent)
  expect(await see(vera, id)).toMatchObject({
    priority: 'critical',
    parent: { id: parent, sender: 'vera', beginning: 'text' },
    hasThread: true,
  })
  const reply = { kind: 'reply', text: 't', parent, replyTo: 'sender' } as const
  expect(await store.sendMessage(oleg, { ...reply, key: newKey(), priority: 'ordinary' })).toEqual({
    kind: 'priority_differs',
  })
  expect(await store.sendMessage(oleg, { ...reply, key: newKey(), priority: 'critical' })).toMatchObject({
    kind: 'sent',
  })
})

test('N12 nobody answers what they may not see', async () => {
  const host = await opened.newHost()
  const [vera, oleg, third] = await host.users('vera', 'oleg', 'third')
  const parent = await host.send(vera, to(oleg))
  for (const id of [parent, 999n as MessageId]) {
    const reply = { kind: 'reply', key: newKey(), text: 't', parent: id, replyTo: 'all' } as const
    expect(await store.sendMessage(third, reply)).toEqual({ kind: 'message_unknown' })
    expect(await store.changeMessage(third, id, { status: 'read' })).toBe('message_unknown')
  }
})

test('N17 a reply goes to the sender alone, or to all who have the parent', async () => {
  const host = await opened.newHost()
  const [vera, oleg, anna, boris] = await host.users('vera', 'oleg', 'anna', 'boris')
  const groupId = await groupOf(vera, 'Склад', 'oleg', 'anna', 'vera')
  const parent = await host.send(vera, [toGroup(groupId), ...to(boris)])
  await store.changeGroup(vera, groupId, { remove: ['anna' as Nickname], add: ['stranger' as Nickname] })
  const alone = await host.reply(oleg, parent, 'sender')
  const toAll = await host.reply(oleg, parent, 'all')
  expect(await idsOf(vera, { box: 'incoming' })).toEqual([toAll, alone])
  expect(await idsOf(anna)).toEqual([toAll, parent])
  expect(await idsOf(boris)).toEqual([toAll, parent])
  expect(await idsOf(oleg, { box: 'incoming' })).toEqual([parent])
  expect(await idsOf(await host.user('stranger'))).toEqual([])
  expect((await see(anna, toAll)).recipients).toEqual([
    { kind: 'user', nickname: 'vera' },
    { kind: 'group', groupId, name: 'Склад' },
    { kind: 'user', nickname: 'boris' },
  ])
  const again = await host.reply(boris, toAll, 'all')
  for (const user of [vera, oleg, anna]) expect((await idsOf(user, { box: 'incoming' }))[0]).toBe(again)
  expect(await idsOf(boris, { box: 'incoming' })).toEqual([toAll, parent])
})

test('N17 a reply to one’s own message goes to those who have it, whichever was asked for', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const parent = await host.send(vera, to(oleg))
  const more = await host.reply(vera, parent, 'sender')
  expect(await idsOf(oleg)).toEqual([more, parent])
  expect(await idsOf(vera, { box: 'incoming' })).toEqual([])
  const note = await host.send(vera, to(vera))
  const noted = await host.reply(vera, note, 'all')
  expect(await idsOf(vera, { box: 'incoming' })).toEqual([noted, note])
})

test('N17 a reply to all of everyone’s message goes to everyone, one to its sender does not', async () => {
  const host = await opened.newHost()
  const [vera, oleg, anna] = await host.users('vera', 'oleg', 'anna')
  const parent = await host.send(vera, [everyone])
  const toAll = await host.reply(oleg, parent, 'all')
  const alone = await host.reply(oleg, parent, 'sender')
  expect(await idsOf(anna)).toEqual([toAll, parent])
  expect(await idsOf(vera, { box: 'incoming' })).toEqual([alone, toAll])
  expect(await idsOf(oleg, { box: 'incoming' })).toEqual([parent])
  const own = await host.reply(vera, parent, 'sender')
  expect(await idsOf(anna)).toEqual([own, toAll, parent])
})

test('N10 a reply shows its parent and its thread only to those who may see them', async () => {
  const host = await opened.newHost()
  const [vera, oleg, anna] = await host.users('vera', 'oleg', 'anna')
  const parent = await host.send(vera, to(oleg))
  const aside = await host.reply(oleg, parent)
  const secret = await host.send(oleg, to(vera), { text: 'x'.repeat(200) })
  const forwarded = await host.reply(vera, secret)
  expect((await see(oleg, forwarded)).parent).toEqual({
    id: secret,
    sender: 'oleg',
    beginning: 'x'.repeat(120),
  })
  const group = await host.send(vera, to(oleg, anna))
  const toVeraAlone = await host.reply(oleg, group)
  expect(await see(anna, group)).toMatchObject({ hasThread: false })
  // Nor that there is an answer, by asking for the thread of its id.
  expect(await idsOf(anna, { thread: toVeraAlone })).toEqual([])
  expect(await see(vera, group)).toMatchObject({ hasThread: true })
  expect(await idsOf(oleg, { thread: aside })).toEqual([aside, parent])
  expect(await idsOf(anna, { thread: aside })).toEqual([])
})

test('N5 new, read, hidden and read again, and never new again; the counter follows', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const id = await host.send(vera, to(oleg))
  for (const [status, unread] of [
    ['read', 0],
    ['hidden', 0],
    ['read', 0],
    ['read', 0],
  ] as const) {
    expect(await store.changeMessage(oleg, id, { status })).toBe('changed')
    expect(await see(oleg, id)).toMatchObject({ status })
    expect(await unreadOf(oleg)).toEqual([unread, 0, 0])
  }
  expect(await store.changeMessage(vera, id, { status: 'hidden' })).toBe('changed')
  expect(await idsOf(vera, { statuses: ['new', 'read'] })).toEqual([])
  expect(await idsOf(vera, { statuses: ['hidden'] })).toEqual([id])
  expect(await idsOf(oleg)).toEqual([id])
})

test('N3 each of the colours is the user’s own', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  for (const addresses of [to(oleg), [everyone]]) {
    const id = await host.send(vera, addresses)
    for (const color of [...colors, 'none'] as (Color | 'none')[]) {
      expect(await store.changeMessage(oleg, id, { color })).toBe('changed')
      expect(await see(oleg, id)).toMatchObject({
        color: color === 'none' ? undefined : color,
        status: 'new',
      })
      expect((await idsOf(oleg, { color })).includes(id)).toBe(true)
    }
    expect(await see(vera, id)).toMatchObject({ color: undefined })
  }
})

test('N4 a user’s own view of a priority moves what is new between the counters, and back', async () => {
  const host = await opened.newHost()
  const [vera, oleg, anna] = await host.users('vera', 'oleg', 'anna')
  for (const addresses of [to(oleg, anna), [everyone]]) {
    const before = await unreadOf(anna)
    const id = await host.send(vera, addresses, { priority: 'important' })
    await store.changeMessage(oleg, id, { priority: 'critical' })
    expect(await unreadOf(oleg)).toEqual([0, 0, 1])
    expect(await see(oleg, id)).toMatchObject({ priority: 'important', shownPriority: 'critical' })
    expect(await unreadOf(anna)).toEqual([0, before[1]! + 1, 0])
    await store.changeMessage(oleg, id, { priority: 'sender' })
    expect(await unreadOf(oleg)).toEqual([0, 1, 0])
    await store.changeMessage(oleg, id, { priority: 'ordinary', status: 'read' })
    expect(await unreadOf(oleg)).toEqual([0, 0, 0])
    expect(await idsOf(oleg, { priority: 'important' })).toEqual([])
    expect((await idsOf(oleg, { priority: 'ordinary' }))[0]).toBe(id)
  }
})

test('N1 who appears later sees what everyone was sent in the last 30 days, and nothing older', async () => {
  const host = await opened.newHost()
  const vera = await host.user('vera')
  const day = 24 * 60 * 60 * 1000
  const old = await host.send(vera, [everyone], { priority: 'critical' })
  opened.clock.advance(1)
  const early = await host.send(vera, [everyone], { priority: 'important' })
  await host.send(vera, to('oleg'))
  const oleg = await host.user('oleg')
  opened.clock.advance(30 * day)
  const anna = await host.user('anna')
  expect(await idsOf(anna)).toEqual([early])
  expect(await unreadOf(anna)).toEqual([0, 1, 0])
  expect(await store.findMessage(anna, old)).toBeUndefined()
  expect(await store.changeMessage(anna, old, { status: 'read' })).toBe('message_unknown')
  expect((await idsOf(oleg)).length).toBe(3)
  opened.clock.advance(1)
  const boris = await host.user('boris')
  expect(await idsOf(boris)).toEqual([])
  expect(await unreadOf(boris)).toEqual([0, 0, 0])
  const next = await host.send(vera, [everyone])
  for (const user of [anna, boris]) expect((await idsOf(user))[0]).toBe(next)
})

test('N7 users are named in advance, once each', async () => {
  const host = await opened.newHost()
  await host.user('вера')
  expect(await store.nameUsers(host.id, ['вера', 'Олег', 'Олег', 'олеся'] as Nickname[])).toBe(2)
  expect(await store.nameUsers(host.id, ['Олег'] as Nickname[])).toBe(0)
  expect(await store.nameUsers(host.id, [])).toBe(0)
  expect((await store.findRecipients(host.id, 'оЛЕ', 10)).users).toEqual(['Олег', 'олеся'])
  const both = await Promise.all([
    host.user('new'),
    host.user('new'),
    store.nameUsers(host.id, ['new' as Nickname]),
  ])
  expect(both[0].id).toBe(both[1].id)
})

test('N7 recipients are found by their beginning in any case; nothing in it is an operator', async () => {
  const host = await opened.newHost()
  const vera = await host.user('Вера')
  await store.nameUsers(host.id, ['100%', '10_0', '100', 'a\\b', 'Верба', 'Ян', 'ян'] as Nickname[])
  await groupOf(vera, 'Верстальщики', 'Вера')
  const archived = await groupOf(vera, 'Верхи')
  await store.changeGroup(vera, archived, { isArchived: true })
  const find = async (prefix: string, limit = 10) => {
    const { users, groups } = await store.findRecipients(host.id, prefix, limit)
    return [...users, ...groups.map(({ name }) => name)]
  }
  expect(await find('вер')).toEqual(['Вера', 'Верба', 'Верстальщики'])
  expect(await find('вер', 1)).toEqual(['Вера', 'Верстальщики'])
  expect(await find('10_')).toEqual(['10_0'])
  expect(await find('100%')).toEqual(['100%'])
  expect(await find('a\\')).toEqual(['a\\b'])
  expect(await find('ЯН')).toEqual(['Ян', 'ян'])
  expect((await find('')).length).toBe(9)
})

test('N7 groups are common to the host, and each change is recorded', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const id = await groupOf(vera, 'Склад', 'oleg', 'vera', 'oleg')
  const nicknames = (...names: string[]) => names as Nickname[]
  opened.clock.advance(1000)
  const result = await store.changeGroup(oleg, id, {
    name: 'Склад 2',
    add: nicknames('anna', 'oleg', 'gone'),
    remove: nicknames('vera', 'gone', 'stranger'),
    isArchived: true,
  })
  expect(result).toEqual({ kind: 'done', group: await store.findGroup(host.id, id) })
  const group = (await store.findGroup(host.id, id))!
  expect(group).toMatchObject({
    id,
    name: 'Склад 2',
    memberCount: 2,
    isArchived: true,
    members: ['anna', 'oleg'],
  })
  expect(group.changes.map(({ by, what }) => [by, ...Object.values(what)])).toEqual([
    ['oleg', 'archived'],
    ['oleg', 'added', 'anna'],
    ['oleg', 'removed', 'vera'],
    ['oleg', 'renamed', 'Склад 2'],
    ['vera', 'added', 'vera'],
    ['vera', 'added', 'oleg'],
    ['vera', 'created', 'Склад'],
  ])
  expect(group.changes[0]!.atMs - group.changes.at(-1)!.atMs).toBe(1000)
  expect(await store.listGroups(host.id, { archived: false })).toEqual([])
  expect(await store.listGroups(host.id, { archived: true })).toHaveLength(1)
  await store.changeGroup(vera, id, { isArchived: false, name: 'Склад 2', add: nicknames('oleg') })
  expect((await store.findGroup(host.id, id))!.changes).toHaveLength(8)
})

test('N7 a name is taken in any case, but not by what is archived; a refusal changes nothing', async () => {
  const host = await opened.newHost()
  const vera = await host.user('vera')
  const first = await groupOf(vera, 'Склад')
  expect(await store.createGroup(vera, { name: 'СКЛАД', members: [] })).toEqual({ kind: 'name_taken' })
  const second = await groupOf(vera, 'Касса')
  const rename = { name: 'склад', add: ['new' as Nickname] }
  expect(await store.changeGroup(vera, second, rename)).toEqual({ kind: 'name_taken' })
  expect((await store.findGroup(host.id, second))!.members).toEqual([])
  await store.changeGroup(vera, first, { isArchived: true })
  expect(await store.changeGroup(vera, second, rename)).toMatchObject({ kind: 'done' })
  expect(await store.changeGroup(vera, first, { isArchived: false })).toEqual({ kind: 'name_taken' })
  expect(await store.changeGroup(vera, 999n as GroupId, {})).toEqual({ kind: 'group_unknown' })
  expect(await store.findGroup(host.id, 999n as GroupId)).toBeUndefined()
  const many = Array.from({ length: 10_001 }, (_, number) => `m${number}` as Nickname)
  expect(await store.createGroup(vera, { name: 'Много', members: many })).toEqual({
    kind: 'too_many_members',
  })
  expect(await store.changeGroup(vera, second, { add: many })).toEqual({ kind: 'too_many_members' })
  expect((await store.findRecipients(host.id, 'm', 5)).users).toEqual([])
  const atOnce = await Promise.all(
    Array.from({ length: 5 }, () => store.createGroup(vera, { name: 'Разом', members: [] })),
  )
  expect(atOnce.filter(({ kind }) => kind === 'done')).toHaveLength(1)
})

test('N10 pages in both directions show each message once, with what stands beyond', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const sent: MessageId[] = []
  for (let number = 0; number < 7; number++) {
    sent.unshift(await host.send(vera, number % 2 === 0 ? to(oleg) : [everyone]))
  }
  const read = async (cursor?: { kind: 'older' | 'newer'; than: MessageId }) => {
    const { messages, count, hasOlder, hasNewer } = await store.listMessages(oleg, incoming, {
      limit: 3,
      ...(cursor && { cursor }),
    })
    expect(count).toBe(7)
    return [messages.map(({ id }) => sent.indexOf(id)), hasNewer, hasOlder]
  }
  expect(await read()).toEqual([[0, 1, 2], false, true])
  expect(await read({ kind: 'older', than: sent[2]! })).toEqual([[3, 4, 5], true, true])
  expect(await read({ kind: 'older', than: sent[5]! })).toEqual([[6], true, false])
  expect(await read({ kind: 'older', than: sent[6]! })).toEqual([[], true, false])
  expect(await read({ kind: 'newer', than: sent[6]! })).toEqual([[3, 4, 5], true, true])
  expect(await read({ kind: 'newer', than: sent[3]! })).toEqual([[0, 1, 2], false, true])
  expect(await read({ kind: 'newer', than: sent[0]! })).toEqual([[], false, true])
  expect(await read({ kind: 'newer', than: sent[1]! })).toEqual([[0], false, true])
  await store.changeMessage(oleg, sent[0]!, { status: 'hidden' })
  const list = await store.listMessages(oleg, incoming, {
    limit: 3,
    cursor: { kind: 'older', than: sent[1]! },
  })
  expect(list).toMatchObject({ count: 6, hasNewer: true })
  const none = await store.listMessages(oleg, { ...incoming, statuses: [] }, page)
  expect(none).toMatchObject({ messages: [], count: 0, hasOlder: false, hasNewer: false })
})

test('N11 what is newer than the list is counted, up to 100', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  expect(await store.countNewer(oleg, incoming, undefined)).toBe(0)
  const first = await host.send(vera, to(oleg))
  await host.send(vera, [everyone], { priority: 'critical' })
  await host.send(oleg, to(vera))
  expect(await store.countNewer(oleg, incoming, undefined)).toBe(2)
  expect(await store.countNewer(oleg, incoming, first)).toBe(1)
  expect(await store.countNewer(oleg, { ...incoming, priority: 'ordinary' }, first)).toBe(0)
  for (let number = 0; number < 101; number++) await host.send(vera, to(oleg))
  expect(await store.countNewer(oleg, incoming, first)).toBe(100)
})

test('N10 the count goes up to 1,000', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  for (let number = 0; number < 1001; number++)
    await host.send(vera, number % 2 === 0 ? to(oleg) : [everyone])
  const list = await store.listMessages(oleg, incoming, { limit: 1 })
  expect(list).toMatchObject({ count: 1000, isCountExact: false })
  expect(await unreadOf(oleg)).toEqual([1001, 0, 0])
})

test('N6 filters by sender, addressee, group and days, each exact, and all together', async () => {
  const host = await opened.newHost()
  const [vera, oleg, anna] = await host.users('vera', 'oleg', 'anna')
  const groupId = await groupOf(vera, 'Склад', 'oleg', 'anna')
  const start = opened.clock.nowMs()
  const day = 24 * 60 * 60 * 1000
  const byName = await host.send(vera, to(oleg, anna))
  opened.clock.advance(day)
  const byGroup = await host.send(anna, [toGroup(groupId)], { priority: 'critical' })
  opened.clock.advance(day)
  const broadcast = await host.send(vera, [everyone])
  const nick = (user: User) => user.nickname
  expect(await idsOf(oleg, { from: nick(vera) })).toEqual([broadcast, byName])
  expect(await idsOf(oleg, { from: 'nobody' as Nickname })).toEqual([])
  expect(await idsOf(oleg, { to: nick(anna) })).toEqual([byName])
  expect(await idsOf(vera, { box: 'outgoing', to: nick(oleg) })).toEqual([byName])
  expect(await idsOf(oleg, { groupId })).toEqual([byGroup])
  expect(await idsOf(oleg, { sinceMs: start + day })).toEqual([broadcast, byGroup])
  expect(await idsOf(oleg, { sinceMs: start + 1, untilMs: start + 2 * day })).toEqual([byGroup])
  expect(await idsOf(oleg, { untilMs: start })).toEqual([])
  expect(await idsOf(oleg, { sinceMs: start + 2 * day + 1 })).toEqual([])
  const together: MessageFilter = {
    box: 'incoming',
    statuses: ['new'],
    color: 'none',
    priority: 'critical',
    from: nick(anna),
    groupId,
    sinceMs: start,
    untilMs: start + 3 * day,
    query: 'TEX',
    thread: byGroup,
  }
  expect(await idsOf(oleg, together)).toEqual([byGroup])
  expect(await idsOf(oleg, { ...together, to: nick(oleg) })).toEqual([])
  expect(await idsOf(oleg, { ...together, color: 'red' })).toEqual([])
})

test('N6 days stay exact after the clock was set back', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const hour = 60 * 60 * 1000
  opened.clock.advance(100 * hour)
  const start = opened.clock.nowMs()
  const a = await host.send(vera, to(oleg))
  opened.clock.advance(-10 * hour)
  const b = await host.send(vera, to(oleg))
  const c = await host.send(vera, [everyone])
  opened.clock.advance(20 * hour)
  const d = await host.send(vera, to(oleg))
  expect((await see(oleg, b)).sentAtMs).toBe(start - 10 * hour)
  expect(await idsOf(oleg, { sinceMs: start })).toEqual([d, a])
  expect(await idsOf(oleg, { untilMs: start })).toEqual([c, b])
  expect(await idsOf(oleg, { sinceMs: start - 10 * hour, untilMs: start + 1 })).toEqual([c, b, a])
  const anna = await host.user('anna')
  expect(await idsOf(anna)).toEqual([c])
})

test('N6 text is found by its words in any form, Russian and English, and by any part of it', async () => {
  const host = await opened.newHost()
  const [vera, oleg] = await host.users('vera', 'oleg')
  const texts = [
    'Срочная заявка на серверы',
    'He was running the tests yesterday',
    'Скидка 100% на C:\\temp и файл_1',
    'и в на',
    'Договор №15/2 от 01.02.2026, vera@example.com',
    "it's o'clock & | ! ( ) <-> :*",
  ]
  const ids = new Map<MessageId, number>()
  for (const [number, text] of texts.entries()) {
    ids.set(await host.send(vera, number % 2 === 0 ? to(oleg) : [everyone], { text }), number)
  }
  const find = async (query: string) => (await idsOf(oleg, { query })).map((id) => ids.get(id)).sort()
  const expected: [string, number[]][] = [
    ['заявки', [0]],
    ['срочными заявками', [0]],
    ['серверов заявк', [0]],
    ['run', [1]],
    ['test ran', []],
    ['tests run', [1]],
    ['ЯВК', [0]],
    ['100%', [2]],
    ['файл_1', [2]],
    ['фай%_1', []],
    ['за\0явк', [0]],
    [' \0 ', [0, 1, 2, 3, 4, 5]],
    ['c:\\TEMP', [2]],
    ['и в', [3]],
    ['№15', [4]],
    ['vera@example.com', [4]],
    ['01.02', [4]],
    ["o'clock", [5]],
    ['& | !', [5]],
    [':*', [5]],
    ['<->', [5]],
    ["'", [5]],
    ['нет такого', []],
    [`${'x'.repeat(3000)}`, []],
  ]
  for (const [query, found] of expected) expect([query, await find(query)]).toEqual([query, found])
})

test('N8 what many ask at once shares statements, and counts what was committed before', async () => {
  const host = await opened.newHost()
  const vera = await host.user('vera')
  const users = await host.users(...Array.from({ length: 60 }, (_, number) => `u${number}`))
  await host.send(vera, [everyone])
  await host.send(vera, to(users[7]!), { priority: 'important' })
  const counts = await Promise.all(users.flatMap((user) => [unreadOf(user), unreadOf(user)]))
  expect(counts.filter(([ordinary]) => ordinary === 1)).toHaveLength(120)
  expect(counts.filter(([, important]) => important === 1)).toHaveLength(2)
})

test('N13 texts, nicknames and names of every kind come back as they were', async () => {
  const host = await opened.newHost()
  const odd = [
    '__proto__',
    'constructor',
    "'; DROP TABLE message; --",
    '{"a":1}',
    '{1,2}',
    'NULL',
    '"',
    '\\',
    '😀',
    '$1',
  ]
  const users = await host.users(...odd)
  for (const [number, text] of odd.entries()) {
    const [from, target] = [users[number]!, users[(number + 1) % odd.length]!]
    const groupId = await groupOf(from, `${text} group`, ...odd)
    const id = await host.send(from, [...to(target), toGroup(groupId)], { text })
    expect(await see(target, id)).toMatchObject({ text, sender: from.nickname })
    expect((await see(target, id)).recipients).toEqual([
      { kind: 'user', nickname: target.nickname },
      { kind: 'group', groupId, name: `${text} group` },
    ])
    expect(await idsOf(target, { query: text, from: from.nickname })).toContain(id)
    expect((await store.findRecipients(host.id, text, 50)).users).toContain(text)
  }
})
