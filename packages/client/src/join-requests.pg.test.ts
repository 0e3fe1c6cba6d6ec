/** M13: links by which who opens them asks, and is let in by a person or by a device. */
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { refusedFor } from './testing/failures.ts'
import { Mortal } from './testing/mortal.ts'
import {
  CATCH_UP_MS,
  catchUp,
  gather,
  membersOf,
  noticesOf,
  type Person,
  registerNew,
  reopen,
  settle,
  signIn,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let alice: Person
let bob: Person
let carol: Person
let chat: ChatId

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ alice, bob, carol, chat } = await gather(server))
})

async function say(person: Person, text: string): Promise<void> {
  await person.client.send(chat, text)
  await catchUp(person)
}

const handlesIn = (person: Person) => membersOf(person, chat)
const incomingOf = async ({ client }: Person) => (await client.requests.list()).incoming
const statusesOf = async ({ client }: Person) =>
  (await client.requests.list()).outgoing.map(({ status }) => status)
const requestsTold = ({ events }: Person) => events.filter((event) => event.type === 'request')

test('M13 M11 who opens an approving link asks, and comes in once a person allows it, whatever their own policy', async () => {
  await bob.client.settings.setAcceptance('forbidden')
  const { link, id } = await alice.client.groups.invite(chat, { approve: true, uses: 1 })
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ id, approve: true, uses: 0 }])
  const asked = await bob.client.join(link)
  expect(asked).toEqual({ chat, status: 'pending', request: expect.any(String) })
  expect(bob.client.chats()).toEqual([])
  expect((await bob.client.requests.list()).outgoing).toMatchObject([
    {
      id: asked.request,
      direction: 'outgoing',
      handle: '',
      group: true,
      chat,
      join: true,
      status: 'pending',
    },
  ])
  await settle(alice)
  const shown = {
    id: asked.request!,
    handle: bob.handle,
    name: `The ${bob.handle}`,
    chat,
    join: true,
    link: id,
  }
  expect(await incomingOf(alice)).toMatchObject([shown])
  expect(requestsTold(alice)).toMatchObject([shown])
  await settle(bob)
  expect(bob.client.chats()).toEqual([])

  expect(await alice.client.requests.answer(asked.request!, 'allow')).toEqual({ status: 'open', chat })
  await settle(bob, alice)
  expect(bob.client.chats()).toMatchObject([
    { name: 'The village', description: 'All of us', role: 'member', people: 2, canWrite: true },
  ])
  expect(bob.events.filter(({ type }) => type === 'chat')).toMatchObject([{ chat, name: 'The village' }])
  await say(bob, 'thank you')
  await say(alice, 'welcome')
  await settle(bob, alice)
  for (const person of [alice, bob]) {
    expect(await textsOf(person, chat)).toEqual(['thank you', 'welcome'])
    expect(handlesIn(person)).toEqual(['alice owner', 'bob member'])
    expect(noticesOf(person)).toEqual([])
    expect(await person.client.requests.list()).toEqual({ incoming: [], outgoing: [] })
  }
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ uses: 1, usable: false }])
  expect(await bob.client.join(link)).toEqual({ chat, status: 'joined' })
})

test('M13 by a link with a role of its own the first device that may gives it, and nobody is asked', async () => {
  const { link, id } = await alice.client.groups.invite(chat, { role: 'admin' })
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ id, approve: false, role: 'admin' }])
  expect(await bob.client.join(link)).toMatchObject({ status: 'pending' })
  expect(await carol.client.join(link)).toMatchObject({ status: 'pending' })
  await settle(alice)
  await settle(bob, carol)
  for (const person of [alice, bob, carol]) {
    expect(handlesIn(person)).toEqual(['alice owner', 'bob admin', 'carol admin'])
    expect(noticesOf(person)).toEqual([])
    expect(requestsTold(person)).toEqual([])
  }
  // An admin that came so carries it out as well, though it was not there when the link was made.
  const dave = await registerNew(server, 'dave')
  await dave.client.join(link)
  await settle(bob, dave)
  expect(handlesIn(dave)).toContain('dave admin')
  expect(await alice.client.groups.invites(chat)).toMatchObject([{ uses: 3 }])
})

test('M13 a role above one’s own is in nobody’s gift, and a reader comes as one', async () => {
  const { link } = await alice.client.groups.invite(chat, { role: 'admin' })
  await bob.client.join(link)
  await settle(alice, bob)
  await expect(bob.client.groups.invite(chat, { role: 'owner' })).rejects.toThrow(refusedFor('not_allowed'))
  const made = await bob.client.groups.invite(chat, { role: 'reader', approve: true })
  await carol.client.join(made.link)
  const [request] = await incomingOf(alice)
  await alice.client.requests.answer(request!.id, 'allow')
  await settle(carol)
  expect(carol.client.chats()).toMatchObject([{ role: 'reader', canWrite: false }])
})

test('M13 who is refused is told, and asks in vain for 30 days; who may not add people is shown nothing', async () => {
  const free = await alice.client.groups.invite(chat)
  await carol.client.join(free.link)
  const { link } = await alice.client.groups.invite(chat, { approve: true })
  await bob.client.join(link)
  await settle(alice, carol)
  expect(await incomingOf(carol)).toEqual([])
  expect(requestsTold(carol)).toEqual([])
  const [request] = await incomingOf(alice)
  expect(await alice.client.requests.answer(request!.id, 'refuse')).toEqual({ status: 'refused' })
  expect(await incomingOf(alice)).toEqual([])
  await expect
    .poll(
      async () => {
        await catchUp(bob)
        return requestsTold(bob)
      },
      { timeout: 60_000 },
    )
    .toMatchObject([{ status: 'refused', join: true, chat }])
  expect(await statusesOf(bob)).toEqual(['refused'])
  expect(await bob.client.join(link)).toMatchObject({ status: 'refused' })
  expect(await incomingOf(alice)).toEqual([])
})

test('M13 who opens the link again before their answer has come loses nothing', async () => {
  const { link } = await alice.client.groups.invite(chat, { approve: true, uses: 1 })
  const asked = await bob.client.join(link)
  expect(await bob.client.join(link)).toEqual(asked)
  await alice.client.requests.answer(asked.request!, 'allow')
  expect(await bob.client.join(link)).toEqual(asked)
  await settle(bob)
  expect(bob.client.chats()).toMatchObject([{ people: 2 }])
  expect(noticesOf(bob)).toEqual([])
})

test('M13 what was asked by a link that is taken back is over, and may be asked by another', async () => {
  const { link, id } = await alice.client.groups.invite(chat, { approve: true })
  await bob.client.join(link)
  const [request] = await incomingOf(alice)
  await alice.client.groups.revokeInvite(chat, id)
  await expect
    .poll(
      async () => {
        await catchUp(bob)
        return requestsTold(bob)
      },
      { timeout: 60_000 },
    )
    .toMatchObject([{ status: 'ended', join: true }])
  await expect(alice.client.requests.answer(request!.id, 'allow')).rejects.toThrow(
    refusedFor('request_unknown'),
  )
  await expect(bob.client.join(link)).rejects.toThrow(refusedFor('invite_unknown'))
  const other = await alice.client.groups.invite(chat, { approve: true })
  expect(await bob.client.join(other.link)).toMatchObject({ status: 'pending' })
  const [again] = await incomingOf(alice)
  await alice.client.requests.answer(again!.id, 'allow')
  await settle(bob)
  expect(bob.client.chats()).toMatchObject([{ people: 2 }])
  expect(noticesOf(bob)).toEqual([])
})

test('M13 who left comes back by the same link, by a new request', async () => {
  const { link } = await alice.client.groups.invite(chat, { role: 'member' })
  await bob.client.join(link)
  await settle(alice, bob)
  await bob.client.groups.leave(chat)
  await expect(bob.client.join(link)).rejects.toThrow(refusedFor('still_in_group'))
  await settle(alice)
  expect(await bob.client.join(link)).toMatchObject({ status: 'pending' })
  await settle(alice, bob)
  await say(bob, 'here again')
  await settle(alice)
  expect(await textsOf(alice, chat)).toEqual(['here again'])
  for (const person of [alice, bob]) expect(noticesOf(person)).toEqual([])
})

test('M16 the asker’s other device comes along, and who has asked may be away when they are let in', async () => {
  const second = await signIn(server, bob)
  const { link } = await alice.client.groups.invite(chat, { approve: true })
  await bob.client.join(link)
  await bob.client.close()
  const [request] = await incomingOf(alice)
  await alice.client.requests.answer(request!.id, 'allow')
  await say(alice, 'while bob is away')
  const again = await reopen(server, bob)
  await settle(again, second, alice)
  expect(await textsOf(again, chat)).toEqual(['while bob is away'])
  await say(alice, 'to both')
  await settle(again, second)
  expect(await textsOf(second, chat)).toContain('to both')
  expect(noticesOf(again)).toEqual([])
  expect(noticesOf(alice)).toEqual(['new-device'])
})

test('M13 M16 what was asked is taken back, from either device, and can be asked again', async () => {
  const second = await signIn(server, bob)
  const { link } = await alice.client.groups.invite(chat, { approve: true })
  for (const person of [bob, second]) {
    const { request } = await bob.client.join(link)
    await settle(alice)
    expect(await incomingOf(alice)).toMatchObject([{ id: request }])
    await expect(carol.client.requests.withdraw(request!)).rejects.toThrow(refusedFor('request_unknown'))
    expect(await person.client.requests.withdraw(request!)).toBe('ended')
    expect(await person.client.requests.withdraw(request!)).toBe('ended')
    expect(await incomingOf(alice)).toEqual([])
    expect(await statusesOf(bob)).toEqual(['ended'])
    await expect(alice.client.requests.answer(request!, 'allow')).rejects.toThrow(
      refusedFor('request_unknown'),
    )
    const told = async () => {
      await settle(bob, second)
      return requestsTold(bob).map((event) => event.status)
    }
    await expect.poll(told, { timeout: 60_000 }).toContain('ended')
  }
  const asked = await bob.client.join(link)
  await alice.client.requests.answer(asked.request!, 'allow')
  await settle(bob, alice)
  expect(bob.client.chats()).toMatchObject([{ people: 2 }])
  expect(noticesOf(bob)).toEqual([])
  await expect(bob.client.requests.withdraw(asked.request!)).rejects.toThrow(refusedFor('request_unknown'))
  await expect(bob.client.requests.withdraw('nothing')).rejects.toThrow(refusedFor('request_unknown'))
})

test('F7 F16 who takes it back dies on the way, or hears no answer, and does it again', async () => {
  const { link } = await alice.client.groups.invite(chat, { approve: true })
  const { request } = await bob.client.join(link)
  bob.line.losesAnswers = true
  await expect(bob.client.requests.withdraw(request!)).rejects.toThrow()
  bob.line.losesAnswers = false
  expect(await bob.client.requests.withdraw(request!)).toBe('ended')
  for (const after of [1, 2, 3]) {
    const mortal = new Mortal(server, server.newHandle('eve'))
    const { handle } = mortal
    await (await mortal.client()).register({ handle, name: 'Eve', password: `password of ${handle}` })
    const asked = await (await mortal.client()).join(link)
    expect(
      await mortal.survive({ kind: 'step', after }, (alive) => alive.requests.withdraw(asked.request!)),
    ).toBe('ended')
    const again = await (await mortal.client()).join(link)
    await alice.client.requests.answer(again.request!, 'allow')
    await (await mortal.client()).catchUp(CATCH_UP_MS)
    expect((await mortal.client()).chats()).toMatchObject([{ chat, state: 'open' }])
    expect(mortal.notices).toEqual([])
    await mortal.close()
  }
})

test('F7 F16 a program that dies anywhere while it asks, and while it is let in, comes in', async () => {
  const { link } = await alice.client.groups.invite(chat, { role: 'member' })
  for (const after of [1, 2, 3, 5, 8, 11, 14, 17]) {
    const handle = server.newHandle('eve')
    const mortal = new Mortal(server, handle)
    await (await mortal.client()).register({ handle, name: 'Eve', password: `password of ${handle}` })
    const come = async (alive: Awaited<ReturnType<typeof mortal.client>>) => {
      if (alive.chats().length === 0) await alive.join(link)
      await catchUp(alice)
      await alive.catchUp(CATCH_UP_MS)
    }
    await mortal.survive({ kind: 'step', after }, come)
    const client = await mortal.client()
    await come(client)
    await settle(alice)
    await client.catchUp(CATCH_UP_MS)
    expect(client.chats()).toMatchObject([{ chat, state: 'open' }])
    expect(mortal.notices).toEqual([])
    await mortal.close()
  }
  expect(noticesOf(alice)).toEqual([])
})

test('F16 a member’s program that dies anywhere while it lets somebody in has let them in, once', async () => {
  const { link } = await alice.client.groups.invite(chat, { role: 'admin' })
  for (const after of [1, 4, 7, 10, 13]) {
    const handle = server.newHandle('eve')
    const mortal = new Mortal(server, handle)
    await (await mortal.client()).register({ handle, name: 'Eve', password: `password of ${handle}` })
    await (await mortal.client()).join(link)
    await catchUp(alice)
    await (await mortal.client()).catchUp(CATCH_UP_MS)
    const guest = await registerNew(server, 'guest')
    await guest.client.join(link)
    await mortal.survive({ kind: 'step', after }, (alive) => alive.catchUp(CATCH_UP_MS))
    await (await mortal.client()).catchUp(CATCH_UP_MS)
    await settle(guest)
    expect(guest.client.chats()).toMatchObject([{ chat, role: 'admin' }])
    expect(mortal.notices).toEqual([])
    await mortal.close()
  }
})
