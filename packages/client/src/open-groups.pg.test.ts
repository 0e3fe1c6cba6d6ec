import { isMessage } from '@bufbuild/protobuf'
import type { ChatId } from '@veche/protocol'
import { type FoundGroup, SearchGroupsResponseSchema } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { catchUp, noticesOf, type Person, registerPerson } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

/** Each test's own: they share a server. */
const NAMES = ['Огород', 'Соседи', 'Площадь', 'Новости', 'Прогулки', 'Книги', 'Шахматы']

let server: TestServer
let count = 0
let alice: Person
let bob: Person
let chat: ChatId
let name: string

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  count++
  name = NAMES[count]!
  alice = await registerPerson(server, `alice${count}`)
  bob = await registerPerson(server, `bob${count}`)
  ;({ chat } = await alice.client.groups.create({ name, description: 'Рассада', open: true }))
})

const found = ({ client }: Person, text = name) => client.groups.find(text)
const isOpen = ({ client }: Person) =>
  client.chats().flatMap((one) => (one.type === 'group' && one.chat === chat ? [one.open] : []))

test('M13 M21 who finds an open group joins it at once, and reads what comes after', async () => {
  const [group] = await found(bob, name.toLowerCase().slice(0, 5))
  expect(group).toMatchObject({ chat, name, description: 'Рассада', people: 1 })
  expect(await bob.client.join(group!.link)).toEqual({ chat, status: 'joined' })
  expect(bob.client.chats()).toMatchObject([{ name, people: 2, open: true }])
  await catchUp(alice)
  await alice.client.send(chat, 'добро пожаловать')
  await catchUp(alice)
  await catchUp(bob)
  expect((await bob.client.history(chat, { limit: 5 })).map(({ text }) => text)).toEqual(['добро пожаловать'])
  expect(await found(alice)).toMatchObject([{ people: 2 }])
  expect([...noticesOf(alice), ...noticesOf(bob)]).toEqual([])
})

test('M21 a group that is called otherwise is found by its new name alone, whoever has renamed it', async () => {
  const [group] = await found(bob)
  await bob.client.join(group!.link)
  await catchUp(alice)
  await alice.client.groups.setRole(chat, bob.handle, 'admin')
  await catchUp(bob)
  await bob.client.groups.rename(chat, { name: 'Теплица', description: 'Стекло' })
  expect(await found(alice)).toEqual([])
  expect(await found(alice, 'теплица')).toMatchObject([{ chat, name: 'Теплица', description: 'Стекло' }])
})

test('M13 a closed group is not found, its link is dead, and all in it are told; it can be opened anew', async () => {
  const [group] = await found(bob)
  const other = await registerPerson(server, `carol${count}`)
  await other.client.join(group!.link)
  await alice.client.groups.close(chat)
  expect(await found(bob)).toEqual([])
  await expect(bob.client.join(group!.link)).rejects.toMatchObject({ reason: 'invite_unknown' })
  await catchUp(other)
  expect(isOpen(other)).toEqual([false])
  expect(isOpen(alice)).toEqual([false])
  expect(other.events).toContainEqual(
    expect.objectContaining({
      type: 'group',
      change: 'closed',
      by: expect.objectContaining({ handle: alice.handle }),
    }),
  )
  await alice.client.groups.close(chat)
  await alice.client.groups.open(chat)
  await alice.client.groups.open(chat)
  const [again] = await found(bob)
  expect(again!.link).not.toBe(group!.link)
  await bob.client.join(again!.link)
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ open: true, usable: true, uses: 1 }])
})

test('M13 who may not make links neither opens nor closes; who is banned is not shown it', async () => {
  const [group] = await found(bob)
  await bob.client.join(group!.link)
  await catchUp(bob)
  await expect(bob.client.groups.close(chat)).rejects.toMatchObject({ reason: 'not_allowed' })
  await catchUp(alice)
  await alice.client.groups.remove(chat, bob.handle, { ban: true })
  await catchUp(bob)
  expect(await found(bob)).toEqual([])
  await expect(bob.client.join(group!.link)).rejects.toMatchObject({ reason: 'not_admitted' })
})

test('M21 what the services had stored when they died is found after their start', async () => {
  server.outOfReach.add('directory')
  const { chat: other } = await alice.client.groups.create({ name: `Рыбалка${count}`, open: true })
  server.outOfReach.clear()
  await server.restart()
  await expect.poll(() => found(bob, `рыбалка${count}`), { timeout: 30_000 }).toMatchObject([{ chat: other }])
})

test('C11 C12 what no member could call a group is not shown', async () => {
  const evil = ['', ' ', 'a\u001b[2J', 'x'.repeat(65)]
  bob.line.tamper = (answer) => {
    if (!isMessage(answer, SearchGroupsResponseSchema)) return
    const [one] = answer.groups as [FoundGroup]
    for (const bad of evil) answer.groups.push({ ...one, name: bad })
    answer.groups.push({ ...one, chatId: new Uint8Array(3) }, { ...one, inviteSeed: new Uint8Array(31) })
  }
  expect(await found(bob)).toMatchObject([{ name }])
  bob.line.tamper = () => {}
})
