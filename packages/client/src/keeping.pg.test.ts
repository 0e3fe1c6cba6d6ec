import { ChatId, randomId } from '@veche/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CATCH_UP_MS, openChat, type Person, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let count = 0
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function pair(): Promise<[Person, Person]> {
  const name = `keep-${'abcefghjkp'[count++]}`
  return [await registerPerson(server, `${name}-alice`), await registerPerson(server, `${name}-bob`)]
}
const catchUp = (...people: Person[]) =>
  people.reduce((done, { client }) => done.then(() => client.catchUp(CATCH_UP_MS)), Promise.resolve())
const summaryOf = ({ client }: Person) => client.chats()[0]!

describe('what was shown', () => {
  test('M22: counts messages of others, grows only, and survives the program', async () => {
    const [alice, bob] = await pair()
    const chat = await openChat(alice, bob)
    expect(summaryOf(alice)).toMatchObject({ unread: 0, read: 0n })
    expect(summaryOf(alice)).not.toHaveProperty('last')
    const texts = ['one', 'two', 'three', 'four']
    for (const text of texts) await bob.client.send(chat, text)
    expect(summaryOf(bob)).toMatchObject({ unread: 0, last: { text: 'four', state: 'waiting' } })
    await catchUp(bob, alice)
    expect(summaryOf(bob)).toMatchObject({ unread: 0, last: { text: 'four', state: 'sent' } })
    expect(summaryOf(alice)).toMatchObject({
      unread: 4,
      last: { text: 'four', from: { handle: bob.handle } },
    })
    const shown = await alice.client.history(chat, { limit: 10 })
    await alice.client.keeping.markRead(chat, shown[1]!.seq!)
    expect(summaryOf(alice)).toMatchObject({ unread: 2, read: shown[1]!.seq })
    await alice.client.keeping.markRead(chat, shown[0]!.seq!)
    expect(summaryOf(alice)).toMatchObject({ unread: 2, read: shown[1]!.seq })
    await alice.client.send(chat, 'mine')
    await catchUp(alice)
    expect(summaryOf(alice)).toMatchObject({ unread: 2, last: { text: 'mine' } })

    const again = await reopen(server, alice)
    expect(summaryOf(again)).toEqual({ ...summaryOf(alice) })
    await again.client.keeping.markRead(chat, 2n ** 63n)
    expect(summaryOf(again)).toMatchObject({ unread: 0, read: summaryOf(again).position })
    await bob.client.send(chat, 'five')
    await catchUp(bob, again)
    expect(summaryOf(again)).toMatchObject({ unread: 1, last: { text: 'five' } })
    await expect(again.client.keeping.markRead(randomId(ChatId), 1n)).rejects.toThrow('chat_unknown')
  })

  test('M22: more unread messages than a page of the history', async () => {
    const [alice, bob] = await pair()
    const chat = await openChat(alice, bob)
    for (let index = 0; index < 150; index++) await bob.client.send(chat, `text ${index}`)
    await catchUp(bob, alice)
    const shown = await alice.client.history(chat, { limit: 150 })
    expect(summaryOf(alice).unread).toBe(150)
    await alice.client.keeping.markRead(chat, shown[9]!.seq!)
    expect(summaryOf(alice).unread).toBe(140)
    await alice.client.keeping.markRead(chat, shown[140]!.seq!)
    expect(summaryOf(alice).unread).toBe(9)
  })
})
