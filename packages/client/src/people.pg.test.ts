import { isMessage } from '@bufbuild/protobuf'
import { ListRequestsResponseSchema, SubscribeResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UnreachableError } from './errors.ts'
import { refusedFor } from './testing/failures.ts'
import { CATCH_UP_MS, noticesOf, openChat, openPerson, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('B6: who is blocked is not told: their requests wait like any other, until they are unblocked', async () => {
  const alice = await registerPerson(server, 'anna')
  const bob = await registerPerson(server, 'boris')
  expect(await bob.client.requests.ask('anna')).toMatchObject({ status: 'pending' })
  const account = bob.client.account.kind === 'ready' ? bob.client.account.account : ''
  expect(await alice.client.people.block('boris')).toEqual({ account, handle: 'boris', blocked: true })
  await alice.client.settings.setAcceptance('allowed')
  expect(await bob.client.requests.ask('anna')).toMatchObject({ status: 'pending' })
  expect(await alice.client.people.unblock('boris')).toEqual({ account, handle: 'boris', blocked: false })
  expect(await bob.client.requests.ask('anna')).toMatchObject({ status: 'open' })
})

test('M19 in an open chat neither can write while one blocks; what was written goes when it is sent again', async () => {
  const alice = await registerPerson(server, 'clara')
  const bob = await registerPerson(server, 'denis')
  const chat = await openChat(alice, bob)
  const before = alice.line.calls.length
  expect(await alice.client.people.block('denis')).toMatchObject({ blocked: true })
  expect(alice.line.calls.slice(before)).toEqual(['BlockAccount', 'ListChats', 'SetBlocked'])
  expect(alice.client.chats()).toMatchObject([{ chat, state: 'open' }])

  const refused = []
  for (const { client } of [bob, alice]) refused.push(await client.send(chat, `from ${client.account.kind}`))
  await Promise.all([bob.client.catchUp(CATCH_UP_MS), alice.client.catchUp(CATCH_UP_MS)])
  await expect(refused[0]!.acknowledged).rejects.toEqual(refusedFor('not_accepted'))
  await expect(refused[1]!.acknowledged).rejects.toEqual(refusedFor('blocked_by_you'))
  expect(noticesOf(bob)).toEqual(['not-sent'])

  const again = await reopen(server, bob)
  expect(again.client.chats()).toMatchObject([{ waiting: 0, notSent: 1 }])
  expect(await again.client.history(chat, { limit: 9 })).toMatchObject([
    { id: refused[0]!.id, state: 'not-sent', reason: 'not_accepted' },
  ])
  await alice.client.people.unblock('denis')
  const { acknowledged } = await again.client.unsent.resend(chat, refused[0]!.id)
  await again.client.catchUp(CATCH_UP_MS)
  expect(await acknowledged).toMatchObject({ seq: expect.any(BigInt) })
  await expect(again.client.unsent.resend(chat, refused[0]!.id)).rejects.toEqual(
    refusedFor('message_unknown'),
  )
  await alice.client.catchUp(CATCH_UP_MS)
  const texts = (await alice.client.history(chat, { limit: 9 })).map(({ text, state }) => [text, state])
  expect(texts).toEqual([
    ['from ready', 'sent'],
    ['from ready', 'not-sent'],
  ])
})

test('M19 a block, or its end, that dies between two calls is completed by the next', async () => {
  const alice = await registerPerson(server, 'dasha')
  const bob = await registerPerson(server, 'egors')
  const chat = await openChat(alice, bob)
  const dieAt = (rpc: string) => {
    alice.line.onRequest = ({ name }) => {
      if (name === rpc) alice.line.cut()
    }
  }
  const goOn = () => {
    alice.line.onRequest = () => {}
    alice.line.mend()
  }
  dieAt('SetBlocked')
  await expect(alice.client.people.block('egors')).rejects.toThrow(UnreachableError)
  goOn()
  expect(await alice.client.people.blocked()).toMatchObject([{ handle: 'egors', name: 'The egors' }])
  await alice.client.people.block('egors')
  const { acknowledged } = await bob.client.send(chat, 'hello')
  await bob.client.catchUp(CATCH_UP_MS)
  await expect(acknowledged).rejects.toEqual(refusedFor('not_accepted'))
  dieAt('UnblockAccount')
  await expect(alice.client.people.unblock('egors')).rejects.toThrow(UnreachableError)
  goOn()
  expect(await alice.client.people.blocked()).toMatchObject([{ handle: 'egors' }])
  await alice.client.people.unblock('egors')
  expect(await alice.client.people.blocked()).toEqual([])
})

test('B6 a bare handle is blocked, and nobody is told whether there is such a person', async () => {
  const alice = await registerPerson(server, 'elena')
  const bob = await registerPerson(server, 'fedor')
  for (const handle of ['fedor', 'nobody.yet']) {
    expect(await alice.client.people.block(handle)).toEqual({ handle, blocked: true })
  }
  expect(await alice.client.people.blocked()).toEqual([{ handle: 'fedor' }, { handle: 'nobody.yet' }])
  await alice.client.settings.setAcceptance('allowed')
  expect(await bob.client.requests.ask('elena')).toMatchObject({ status: 'pending' })
  const late = await registerPerson(server, 'nobody.yet')
  expect(await late.client.requests.ask('elena')).toMatchObject({ status: 'pending' })
  await alice.client.people.unblock('fedor')
  expect(await bob.client.requests.ask('elena')).toMatchObject({ status: 'open' })
  expect(await alice.client.people.blocked()).toEqual([{ handle: 'nobody.yet' }])
  await expect(alice.client.people.block('elena')).rejects.toEqual(refusedFor('own_account'))
  await expect(alice.client.people.block('No One')).rejects.toEqual(refusedFor('handle_invalid'))
})

test('A2 an asker whose id is not that of the key is blocked by the handle', async () => {
  const alice = await registerPerson(server, 'fanny')
  const bob = await registerPerson(server, 'gleb1')
  await bob.client.requests.ask('fanny')
  alice.line.tamper = (answer) => {
    if (isMessage(answer, ListRequestsResponseSchema)) answer.incoming[0]!.from!.accountId[0]! ^= 1
  }
  expect(await alice.client.people.block('gleb1')).toEqual({ handle: 'gleb1', blocked: true })
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
  await again.client.settings.setAcceptance('allowed')
  await mallory.client.requests.ask('helga')
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
