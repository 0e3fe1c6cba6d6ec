/**
 * A5: an external commit needs no member (RFC 9750 section 6.4), and the server hands commits out. It is accepted with the
 * proof of a live link alone, for one leaf and one epoch; what the server knows of a link proves nothing.
 */
import { create } from '@bufbuild/protobuf'
import { ChatId } from '@veche/protocol'
import { type Entry, EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  EvilServer,
  entries,
  groupViewOf,
  listen,
  noticesOf,
  nth,
  Operator,
  say,
  textsOf,
  type Victim,
} from '@veche/testkit/evil-server'
import { afterAll, beforeAll, expect, test } from 'vitest'

let server: EvilServer
let alice: Victim
let bob: Victim
let chat: ChatId
beforeAll(async () => {
  server = await EvilServer.start()
  ;[alice, bob] = [await server.welcome('alice'), await server.welcome('bob')]
  ;({ chat } = await alice.client.groups.create({ name: 'The village' }))
})
afterAll(() => server[Symbol.asyncDispose]())

function commitEntry(mlsMessage: Uint8Array, from: Entry): Entry {
  const contentCiphertext = new Uint8Array()
  return create(EntrySchema, { ...from, kind: EntryKind.COMMIT, mlsMessage, contentCiphertext })
}

test('A5 who was not invited is let in by nobody: all are warned, and the group goes on', async () => {
  const { link } = await alice.client.groups.invite(chat)
  await bob.client.join(link)
  await listen(alice)
  const before = await groupViewOf(alice, chat)
  const [{ id }] = before.state.invites as [(typeof before.state.invites)[0]]
  const log = alice.line.log(ChatId.toBytes(chat))!.entries
  const byBob = log.find(({ accountId }) => Buffer.from(accountId).equals(log.at(-1)!.accountId))!
  const operator = await Operator.create()
  const uninvited = await operator.uninvited(chat, before.epoch, id)
  const late = await operator.uninvited(chat, before.epoch - 1n, id)
  const inserted = (entry: Entry) => [
    commitEntry(uninvited, entry), // a proof by other keys than the link's
    commitEntry(byBob.mlsMessage, entry), // a proof that was good in the epoch before
    commitEntry(late, entry),
    entry,
  ]
  for (const { line } of [alice, bob]) line.tamper(entries(nth(1), inserted))
  await say(alice, chat, 'for the village')
  await listen(bob)
  await say(bob, chat, 'I see it')
  await listen(alice)
  for (const person of [alice, bob]) {
    // Alice is told, too, that her own message stands elsewhere than the server said (A9).
    const shifted = person === alice ? ['fork'] : []
    expect(noticesOf(person)).toEqual(['unreadable', 'unreadable', 'unreadable', ...shifted])
    expect((await groupViewOf(person, chat)).members).toEqual(before.members)
    expect(await textsOf(person, chat)).toEqual(['for the village', 'I see it'])
    expect(person.client.chats()).toMatchObject([{ state: 'open', people: 2 }])
  }
})
