import { isMessage } from '@bufbuild/protobuf'
import { ListRequestsResponseSchema, SubscribeResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UnreachableError } from './errors.ts'
import { CATCH_UP_MS, openChat, openPerson, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const refusedFor = (reason: string) => expect.objectContaining({ name: 'RefusedError', reason })

test('B6: who is blocked is not told: their requests wait like any other, until they are unblocked', async () => {
  const alice = await registerPerson(server, 'anna')
  const bob = await registerPerson(server, 'boris')
  expect(await bob.client.request('anna')).toMatchObject({ status: 'pending' })
  const account = bob.client.account.kind === 'ready' ? bob.client.account.account : ''
  expect(await alice.client.people.block('boris')).toEqual({ account, handle: 'boris', blocked: true })
  await alice.client.setAcceptance('allowed')
  expect(await bob.client.request('anna')).toMatchObject({ status: 'pending' })
  expect(await alice.client.people.unblock('boris')).toEqual({ account, handle: 'boris', blocked: false })
  expect(await bob.client.request('anna')).toMatchObject({ status: 'open' })
})

test('the peer of a chat can be blocked, by local knowledge alone; the chat stays', async () => {
  const alice = await registerPerson(server, 'clara')
  const bob = await registerPerson(server, 'denis')
  const chat = await openChat(alice, bob)
  const before = alice.line.calls.length
  expect(await alice.client.people.block('denis')).toMatchObject({ blocked: true })
  expect(alice.line.calls.slice(before)).not.toContain('ListRequests')
  expect(alice.client.chats()).toMatchObject([{ chat, state: 'open' }])
})

test('nobody is blocked whom this device was not shown', async () => {
  const alice = await registerPerson(server, 'elena')
  const bob = await registerPerson(server, 'fedor')
  await expect(alice.client.people.block('fedor')).rejects.toEqual(refusedFor('person_unknown'))
  await expect(alice.client.people.unblock('nobody')).rejects.toEqual(refusedFor('person_unknown'))
  await bob.client.request('elena')
  alice.line.tamper = (answer) => {
    if (isMessage(answer, ListRequestsResponseSchema)) answer.incoming[0]!.from!.accountId[0]! ^= 1
  }
  await expect(alice.client.people.block('fedor')).rejects.toEqual(refusedFor('person_unknown'))
  expect(alice.line.calls).not.toContain('BlockAccount')
})

test('without a connection, or an account, it is said so', async () => {
  const alice = await registerPerson(server, 'galina')
  alice.line.cut()
  await expect(alice.client.people.block('fedor')).rejects.toThrow(UnreachableError)
  const { client } = await openPerson(server, 'nobody')
  await expect(client.people.block('fedor')).rejects.toThrow('not_registered')
})

test('A2: both see one number; what was compared stays, until the handle is met with another account', async () => {
  const alice = await registerPerson(server, 'helga')
  const bob = await registerPerson(server, 'igorr')
  await openChat(alice, bob)
  const seen = alice.client.people.compare('igorr')
  expect(seen).toMatchObject({ handle: 'igorr', name: 'The igorr', verified: false })
  expect(bob.client.people.compare('helga').safetyNumber).toBe(seen.safetyNumber)
  expect(await alice.client.people.setVerified('igorr', true)).toEqual({ ...seen, verified: true })
  const again = await reopen(server, alice)
  again.line.cut()
  expect(again.client.people.compare('igorr')).toEqual({ ...seen, verified: true })
  expect(await again.client.contacts()).toMatchObject([{ handle: 'igorr', verified: true }])
  expect(await again.client.people.setVerified('igorr', false)).toEqual(seen)
  await again.client.people.setVerified('igorr', true)

  const mallory = await registerPerson(server, 'judas')
  again.line.mend()
  again.line.tamper = (answer) => {
    if (!isMessage(answer, SubscribeResponseSchema) || answer.event.case !== 'inbox') return
    for (const { item } of answer.event.value.items) {
      if (item.case === 'welcome' && item.value.peer) item.value.peer.handle = 'igorr'
    }
  }
  await again.client.setAcceptance('allowed')
  await mallory.client.request('helga')
  await again.client.catchUp(CATCH_UP_MS)
  expect((await again.client.contacts()).map(({ handle, verified }) => [handle, verified])).toEqual([
    ['igorr', false],
    ['igorr', false],
  ])
  expect(again.client.people.compare('igorr')).toEqual(seen)
})

test('only a contact has a safety number', async () => {
  const alice = await registerPerson(server, 'karla')
  expect(() => alice.client.people.compare('nobody')).toThrow('contact_unknown')
  await expect(alice.client.people.setVerified('nobody', true)).rejects.toEqual(refusedFor('contact_unknown'))
})
