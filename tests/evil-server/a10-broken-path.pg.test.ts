/**
 * A10: a member who means ill commits with a path that is broken for a part of the tree. Those whom it does not reach learn
 * whose device it was and come in anew, by the one honest device that could follow; no admin is there.
 */
import { randomBytes } from 'node:crypto'
import { ChatId } from '@veche/protocol'
import { afterAll, expect, test } from 'vitest'
import {
  noticesOf,
  openAsMember,
  type Person,
  registerPerson,
  textsOf,
} from '../../packages/client/src/testing/people.ts'
import { startTestServer } from '../../packages/client/src/testing/test-server.ts'
import { brokenUpdate } from '../../packages/mls/src/testing/broken-path.ts'
import { wrapProfileKey } from '../../packages/sync/src/group-profile.ts'

const SOON = { timeout: 60_000 }
const server = await startTestServer()
const stop = new AbortController()
afterAll(async () => {
  stop.abort()
  await server[Symbol.asyncDispose]()
})

test('A10 M13 three of five are stuck by a broken path: all read and write again within 30 s', async () => {
  const eve = await registerPerson(server, 'eve')
  const honest: Person[] = []
  for (const name of ['alice', 'bob', 'carol', 'dave']) honest.push(await registerPerson(server, name))
  for (const { client } of honest) await client.settings.setAcceptance('allowed')
  const { chat } = await eve.client.groups.create({ name: 'The village' })
  for (const { handle } of honest) await eve.client.groups.add(chat, handle)
  for (let round = 0; round < 2; round++)
    for (const { client } of [eve, ...honest]) await client.catchUp(20_000)
  await honest[0]!.client.send(chat, 'before')
  for (const { client } of honest) await client.catchUp(20_000)

  const began = performance.now()
  await breakPath(eve, chat)
  const follow = ({ client }: Person) => void client.connect(stop.signal).catch(() => {}) // a client that is closed
  honest.forEach(follow)
  const isStuck = (person: Person) => noticesOf(person).includes('stuck')
  await expect.poll(() => honest.filter(isStuck).length, SOON).toBe(3)
  const isOpen = ({ client }: Person) => client.chats().find((one) => one.chat === chat)?.state === 'open'
  await expect.poll(() => honest.every(isOpen), SOON).toBe(true)
  const texts = ['before']
  for (const person of honest) {
    texts.push(`${person.handle} writes`)
    await person.client.send(chat, texts.at(-1)!)
    for (const reader of honest) await expect.poll(() => textsOf(reader, chat), SOON).toEqual(texts)
  }
  console.info(`A10: all read and write again after ${Math.round(performance.now() - began)} ms`)
  for (const person of honest) {
    const told = person.events.flatMap((event) => (event.type === 'notice' ? [event] : []))
    if (!isStuck(person)) continue
    expect(told.filter(({ notice }) => notice === 'stuck')).toMatchObject([{ by: { handle: 'eve' } }])
    expect(told.map(({ notice }) => notice)).toContain('healed')
  }
  expect(honest.flatMap(noticesOf).filter((notice) => notice === 'unreadable' || notice === 'fork')).toEqual(
    [],
  )
}, 240_000)

/** Eve's own program makes a commit that her engine would not, and is heard of no more. */
async function breakPath(eve: Person, chat: ChatId): Promise<void> {
  const { delivery, profile, server: line } = await openAsMember(server, eve)
  const { group, profile: shown } = delivery.chats.get(chat)!.state
  const { certificate, signaturePrivateKey, signaturePublicKey } = profile
  const device = { certificate, signaturePrivateKey, signaturePublicKey }
  const { commit, next } = await brokenUpdate(group, device, (index) => index < 2)
  const handshake = {
    commit,
    profileCiphertext: shown!.ciphertext,
    wrappedProfileKey: await wrapProfileKey(next, shown!),
  }
  const entry = { case: 'handshake', value: handshake } as const
  await line.chats.append({ chatId: ChatId.toBytes(chat), messageId: randomBytes(16), entry })
  await delivery.close()
}
