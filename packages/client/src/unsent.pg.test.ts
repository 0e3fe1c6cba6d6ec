import { MessageId, randomId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Death, Mortal } from './testing/mortal.ts'
import { openChat, registerPerson } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const CATCH_UP_MS = 20_000
const POINTS = 24
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('F16 M19: killed at any point, a client keeps a refused message, and sends it once when it is told to', async () => {
  const alice = await registerPerson(server, 'alice')
  const bob = new Mortal(server, 'boris')
  const name = { handle: 'boris', name: 'boris', password: 'password of boris' }
  await (await bob.client()).register(name)
  await (await bob.client()).requests.ask('alice')
  const { incoming } = await alice.client.requests.list()
  const { chat } = await alice.client.requests.answer(incoming[0]!.id, 'allow')
  await (await bob.client()).catchUp(CATCH_UP_MS)
  const texts: string[] = []
  for (let point = 1; point <= POINTS; point++) {
    const id = randomId(MessageId)
    texts.push(`text ${point}`)
    await alice.client.people.block('boris')
    await bob.survive(deathAt(point), async (client) => {
      await client.send(chat!, `text ${point}`, { id })
      await client.catchUp(CATCH_UP_MS)
    })
    const client = await bob.client()
    expect(client.unsent.list(chat!)).toMatchObject([{ id, text: `text ${point}`, reason: 'not_accepted' }])
    await alice.client.people.unblock('boris')
    await bob.survive(deathAt(point), async (client) => {
      for (const message of client.unsent.list(chat!)) await client.unsent.resend(chat!, message.id)
      await client.catchUp(CATCH_UP_MS)
    })
    expect((await bob.client()).unsent.list(chat!)).toEqual([])
  }
  await alice.client.catchUp(CATCH_UP_MS)
  for (const client of [alice.client, await bob.client()]) {
    const history = await client.history(chat!, { limit: 100 })
    expect(history.map(({ text, state }) => [text, state])).toEqual(texts.map((text) => [text, 'sent']))
  }
  expect(bob.deaths).toBeGreaterThan(POINTS)
  expect(new Set(bob.shown).size).toBe(bob.shown.length)
  await bob.close()
})

test('what is not kept as refused cannot be sent again, and in a chat that is not there nothing can', async () => {
  const alice = await registerPerson(server, 'clara')
  const bob = await registerPerson(server, 'denis')
  const chat = await openChat(alice, bob)
  const { id, acknowledged } = await alice.client.send(chat, 'sent')
  await expect(alice.client.unsent.resend(chat, id)).rejects.toThrow('message_unknown')
  await alice.client.catchUp(CATCH_UP_MS)
  expect(await acknowledged).toMatchObject({ seq: expect.any(BigInt) })
  await expect(alice.client.unsent.resend(chat, id)).rejects.toThrow('message_unknown')
  await expect(alice.client.unsent.resend(chat, randomId(MessageId))).rejects.toThrow('message_unknown')
  await alice.client.people.block('denis')
  const refused = await alice.client.send(chat, 'refused', { id: randomId(MessageId) })
  await alice.client.catchUp(CATCH_UP_MS)
  const again = await alice.client.send(chat, 'refused', { id: refused.id })
  await expect(again.acknowledged).rejects.toThrow('blocked_by_you')
  expect(alice.client.unsent.list(chat)).toHaveLength(1)
})

function deathAt(point: number): Death {
  const after = Math.ceil(point / 2)
  if (point % 2 === 0) return { kind: 'step', after }
  return { kind: 'disk', after, unsynced: (['lost', 'torn', 'kept'] as const)[after % 3]! }
}
