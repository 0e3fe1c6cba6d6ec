import type { Queryable } from '@veche/service-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { incoming, openTestStore, type TestStore, to } from '../testing/test-store.ts'
import { GroupNames } from './group-names.ts'
import { MessageContents } from './message-contents.ts'
import { Nicknames } from './nicknames.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened[Symbol.asyncDispose]())

/** Notes which ids each statement asks for. */
function watched() {
  const asked: unknown[] = []
  const query = (statement: { values: readonly unknown[] }) => {
    asked.push(statement.values[1])
    return opened.database.query(statement as never)
  }
  return { asked, database: { query } as unknown as Queryable }
}

test('N12 N13 what a message says is read once, for its own host, and is what was sent', async () => {
  const [one, two] = [await opened.newHost(), await opened.newHost()]
  const [anna, oleg, other] = [...(await one.users('anna', 'oleg')), await two.user('other')]
  const first = Number(await one.send(anna, to(oleg, 'new one'), { text: 'Первое 🔔' }))
  const second = Number(await one.send(anna, [{ kind: 'everyone' }], { priority: 'critical' }))
  await two.send(other, to('anna'), { text: 'чужое' })
  const { asked, database } = watched()
  const contents = new MessageContents(database, new Nicknames(opened.database))
  const found = await contents.find(one.id, [first, second, 99])
  expect([...found.keys()].sort()).toEqual([first, second])
  expect(found.get(first)).toMatchObject({
    sender: 'anna',
    text: 'Первое 🔔',
    priority: 'ordinary',
    recipients: [
      { kind: 'user', nickname: 'oleg' },
      { kind: 'user', nickname: 'new one' },
    ],
  })
  expect(found.get(second)).toMatchObject({ priority: 'critical', recipients: [{ kind: 'everyone' }] })
  expect(await contents.find(one.id, [second, first])).toEqual(found)
  expect((await contents.find(two.id, [first])).get(first)?.text).toBe('чужое')
  expect(asked).toEqual([[first, second, 99], [first]])
})

test('N12 no more contents are remembered than there is room for, and all are found all the same', async () => {
  const host = await opened.newHost()
  const [anna, oleg] = await host.users('anna', 'oleg')
  const ids: number[] = []
  for (const text of ['a', 'b', 'c']) {
    ids.push(Number(await host.send(anna, to(oleg), { text: text.repeat(1_000) })))
  }
  const { asked, database } = watched()
  const contents = new MessageContents(database, new Nicknames(opened.database), 5_000)
  expect((await contents.find(host.id, ids)).size).toBe(3)
  const again = await contents.find(host.id, ids)
  expect(ids.map((id) => again.get(id)?.text[0])).toEqual(['a', 'b', 'c'])
  expect(asked).toEqual([ids, [ids[0]]])
})

test('N7 a group that was renamed is shown by its new name at once, by every process', async () => {
  const host = await opened.newHost()
  const [anna, oleg] = await host.users('anna', 'oleg')
  const made = await opened.store.createGroup(anna, { name: 'Сад', members: [oleg.nickname] })
  if (made.kind !== 'done') throw new Error(made.kind)
  const groupId = made.group.id
  await host.send(anna, [{ kind: 'group', groupId }])
  const shown = async () => (await opened.store.listMessages(oleg, incoming, { limit: 9 })).messages[0]
  expect(await shown()).toMatchObject({ recipients: [{ kind: 'group', name: 'Сад' }] })
  const { asked, database } = watched()
  const elsewhere = new GroupNames(database)
  const id = Number(groupId)
  expect([...(await elsewhere.find(host.id, 0, [id]))]).toEqual([[id, 'Сад']])
  await opened.store.changeGroup(anna, groupId, { name: 'Огород' })
  await opened.store.changeGroup(anna, groupId, { isArchived: true })
  expect(await shown()).toMatchObject({ recipients: [{ kind: 'group', name: 'Огород' }] })
  expect([...(await elsewhere.find(host.id, 1, [id]))]).toEqual([[id, 'Огород']])
  expect([...(await elsewhere.find(host.id, 1, [id]))]).toEqual([[id, 'Огород']])
  expect(asked).toEqual([[id], [id]])
})
