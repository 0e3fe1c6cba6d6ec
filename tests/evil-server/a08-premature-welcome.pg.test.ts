/**
 * A8: a joiner is let into a branch that lost (RFC 9420 section 14). An honest server stores a Welcome with the commit
 * that won and no other: services/chats/src/append/append-writer.pg.test.ts, services/chats/src/requests/open-chat.pg.test.ts.
 * Here it hands on the one that lost all the same.
 */
import { Code } from '@connectrpc/connect'
import type { CreateChatRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  calls,
  EvilServer,
  groupViewOf,
  items,
  listen,
  noticesOf,
  refusal,
  say,
  textsOf,
} from '@veche/testkit/evil-server'
import { expect, test } from 'vitest'

test('A8 who was given the Welcome of a commit that lost reads nothing there, and the first message says so', async () => {
  await using server = await EvilServer.start()
  const [alice, bob] = [await server.welcome('alice'), await server.welcome('bob')]
  await bob.client.requests.ask('alice')
  const [request] = (await alice.client.requests.list()).incoming

  // The server keeps Alice's first commit, says that it is refused, and takes the second.
  const made: CreateChatRequest[] = []
  alice.line.tamper(
    calls('CreateChat', (proceed, { request }) => {
      made.push(request as CreateChatRequest)
      return made.length === 1 ? Promise.reject(refusal('commit_invalid', Code.InvalidArgument)) : proceed()
    }),
  )
  await alice.client.requests.answer(request!.id, 'allow').catch(() => {})
  await listen(alice)
  expect(made).toHaveLength(2)
  const { chat } = alice.client.chats()[0]!

  bob.line.tamper(
    items((item) => {
      if (item.item.case === 'welcome') item.item.value.welcome = made[0]!.handshake!.welcome
      return [item]
    }),
  )
  await listen(bob)
  const [ofAlice, ofBob] = [await groupViewOf(alice, chat), await groupViewOf(bob, chat)]
  expect(ofBob.members.map(({ accountId }) => accountId)).toEqual(
    ofAlice.members.map(({ accountId }) => accountId),
  )

  await say(alice, chat, 'from the branch that won')
  await listen(bob)
  expect(await textsOf(bob, chat)).toEqual([])
  expect(noticesOf(bob)).toContain('unreadable')
  await bob.client.send(chat, 'from the other').catch(() => {})
  await listen(bob).catch(() => {})
  await listen(alice)
  expect(await textsOf(alice, chat)).toEqual(['from the branch that won'])
})
