import { afterAll, beforeAll, expect, test } from 'vitest'
import { Community, everyoneCanReadEveryone, makeChat } from './community.ts'

let community: Community

beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community[Symbol.asyncDispose]())

test('M14 M17 two people of one server read what each writes, in one order', async () => {
  const [alice, bob] = [await community.welcome('alice'), await community.welcome('bob')]
  const chat = await makeChat(bob, alice)
  for (let round = 0; round < 5; round++) await everyoneCanReadEveryone([alice, bob], chat)
  expect(alice.client.chats()[0]).toMatchObject({ chat, state: 'open', waiting: 0, with: { handle: 'bob' } })
})

test('M16 a client that is opened again from its disk goes on where it was', async () => {
  const [carol, dave] = [await community.welcome('carol'), await community.welcome('dave')]
  const chat = await makeChat(carol, dave)
  await everyoneCanReadEveryone([carol, dave], chat)
  await carol.client.close()
  const again = { ...carol, client: community.connect(await community.open(carol.files)) }
  await everyoneCanReadEveryone([again, dave], chat)
  expect(
    (await again.client.history(chat, { limit: 100 })).map(({ text }) => text.split(' ')[0]),
  ).toHaveLength(4)
})
