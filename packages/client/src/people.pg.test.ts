import { isMessage } from '@bufbuild/protobuf'
import { ListRequestsResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UnreachableError } from './errors.ts'
import { openChat, openPerson, registerPerson } from './testing/people.ts'
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
