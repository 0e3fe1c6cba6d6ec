import { sha256 } from '@noble/hashes/sha2.js'
import {
  type ByteSource,
  ExportWriter,
  type HistoryEntry,
  importProfileKey,
  MemoryFiles,
  type Stretch,
} from '@veche/history'
import { type ChatId, concatBytes, MessageId, newKeyPair, sign } from '@veche/protocol'
import { DeviceStore, noSteps } from '@veche/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeText } from '../../sync/src/content.ts'
import { Mortal } from './testing/mortal.ts'
import {
  CATCH_UP_MS,
  catchUp,
  noticesOf,
  openChat,
  openPerson,
  type Person,
  registerPerson,
  reopen,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const PASSPHRASE = 'lantern on the olive harbour'
/** What Argon2id costs is no matter here. */
const stretch: Stretch = async (passphrase, salt) => sha256(concatBytes(passphrase, salt))
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function exportOf({ client }: Pick<Person, 'client'>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  const write = async (bytes: Uint8Array) => void pieces.push(bytes)
  await client.historyFiles.export({ passphrase: PASSPHRASE, stretch, write })
  return concatBytes(...pieces)
}

function importTo({ client }: Pick<Person, 'client'>, file: Uint8Array, passphrase = PASSPHRASE) {
  const read: ByteSource['read'] = async (offset, length) => file.subarray(offset, offset + length)
  return client.historyFiles.import({ source: { size: file.length, read }, passphrase, stretch })
}

async function say(from: Person, to: Person, chat: ChatId, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await from.client.send(chat, text)
  await catchUp(from, to)
}

/** The server keeps nothing of the chat: a new device has what was before from the file alone. */
async function keepNothing({ client }: Person, chat: ChatId, ...others: readonly Person[]): Promise<void> {
  await client.keeping.set(chat, { server: false })
  await catchUp(...others)
}

/** A new device of the same account, which takes the place of the one before. */
async function onNewDevice(person: Person, peer: Person): Promise<Person> {
  const fresh = await openPerson(server, person.handle)
  await fresh.client.login({
    handle: person.handle,
    password: `password of ${person.handle}`,
    replace: true,
  })
  await person.client.close()
  for (let round = 0; round < 3; round++) await catchUp(peer, fresh)
  return fresh
}

test('M16 a new device of the account gets the old messages, search finds them, and nothing is unread', async () => {
  const [anna, boris] = [await registerPerson(server, 'ex-anna'), await registerPerson(server, 'ex-boris')]
  const chat = await openChat(anna, boris)
  await keepNothing(boris, chat, anna)
  await say(anna, boris, chat, 'Рассада готова', 'two')
  await say(boris, anna, chat, 'three')
  const file = await exportOf(anna)
  const fresh = await onNewDevice(anna, boris)
  expect(fresh.client.chats()).toHaveLength(1)
  expect(await textsOf(fresh, chat)).toEqual([])
  await say(boris, fresh, chat, 'four')
  expect(fresh.client.chats()[0]).toMatchObject({ unread: 1 })

  fresh.line.cut()
  const calls = fresh.line.calls.length
  expect(await importTo(fresh, file)).toMatchObject({
    kind: 'imported',
    messages: 3,
    chats: [{ chat, handle: 'ex-boris', name: 'The ex-boris', kind: 'merged', messages: 3, added: 3 }],
  })
  expect(fresh.line.calls).toHaveLength(calls)
  fresh.line.mend()
  const texts = ['Рассада готова', 'two', 'three', 'four']
  expect(await textsOf(fresh, chat)).toEqual(texts)
  expect((await fresh.client.search('рассада', { limit: 9 })).map(({ text }) => text)).toEqual([texts[0]])
  expect(fresh.client.chats()[0]).toMatchObject({ unread: 1, last: { text: 'four' } })

  const before = fresh.files.snapshot()
  expect(await importTo(fresh, file)).toMatchObject({ messages: 0, chats: [{ kind: 'merged', added: 0 }] })
  expect(fresh.files.snapshot()).toEqual(before)

  const again = await reopen(server, fresh)
  expect(await textsOf(again, chat)).toEqual(texts)
  expect(again.client.chats()[0]).toMatchObject({ unread: 1 })
  await say(boris, again, chat, 'five')
  await say(again, boris, chat, 'six')
  expect(await textsOf(again, chat)).toEqual([...texts, 'five', 'six'])
  await again.client.keeping.markRead(chat, 2n ** 40n)
  expect(again.client.chats()[0]).toMatchObject({ unread: 0 })
  expect(noticesOf(again)).toEqual([])
  // What it has now goes on to the next.
  expect(await importTo(again, await exportOf(again))).toMatchObject({ messages: 0 })
})

test('M16 nothing is taken with a wrong passphrase, by another account, or of a file that is none', async () => {
  const [anna, boris] = [await registerPerson(server, 'no-anna'), await registerPerson(server, 'no-boris')]
  const chat = await openChat(anna, boris)
  await say(anna, boris, chat, 'one')
  const file = await exportOf(anna)
  const before = boris.files.snapshot()
  const refused = (reason: string) => ({ kind: 'refused', reason })
  expect(await importTo(boris, file)).toEqual(refused('other-account'))
  expect(await importTo(anna, file, 'another phrase')).toEqual(refused('wrong-passphrase'))
  for (const bytes of [new Uint8Array(), new Uint8Array(1000), file.subarray(0, -1)])
    expect(await importTo(anna, bytes)).toEqual(refused('damaged'))
  expect(boris.files.snapshot()).toEqual(before)
  const nobody = await openPerson(server, 'no-nobody')
  await expect(exportOf(nobody)).rejects.toThrow('not_registered')
  await expect(importTo(nobody, file)).rejects.toThrow('not_registered')
})

test('M16 M22 a chat that is not kept here, or is not here yet, takes nothing', async () => {
  const [anna, boris] = [await registerPerson(server, 'kp-anna'), await registerPerson(server, 'kp-boris')]
  const chat = await openChat(anna, boris)
  await keepNothing(boris, chat, anna)
  await say(boris, anna, chat, 'one', 'two')
  const file = await exportOf(anna)
  await anna.client.keeping.markRead(chat, 2n ** 40n)
  await anna.client.keeping.set(chat, { device: false })
  const before = anna.files.snapshot()
  expect(await importTo(anna, file)).toMatchObject({ messages: 0, chats: [{ kind: 'not-kept', added: 0 }] })
  expect(anna.files.snapshot()).toEqual(before)
  await anna.client.keeping.set(chat, { device: true })
  // What was erased does not come back.
  expect(await importTo(anna, file)).toMatchObject({ messages: 0, chats: [{ kind: 'merged', added: 0 }] })
  expect(await textsOf(anna, chat)).toEqual([])

  const fresh = await openPerson(server, anna.handle)
  await fresh.client.login({ handle: anna.handle, password: `password of ${anna.handle}`, replace: true })
  expect(await importTo(fresh, file)).toMatchObject({ messages: 0, chats: [{ kind: 'absent', messages: 2 }] })
  for (let round = 0; round < 3; round++) await catchUp(boris, fresh)
  expect(await importTo(fresh, file)).toMatchObject({ messages: 2, chats: [{ kind: 'merged' }] })
  expect(await textsOf(fresh, chat)).toEqual(['one', 'two'])
})

test('F16 M16 killed at any step of importing, the history is the old one or the new one; again makes it whole', async () => {
  const anna = new Mortal(server, 'kl-anna')
  const password = `password of ${anna.handle}`
  await (await anna.client()).register({ handle: anna.handle, name: 'Anna', password })
  const boris = await registerPerson(server, 'kl-boris')
  await boris.client.requests.ask(anna.handle)
  const { incoming } = await (await anna.client()).requests.list()
  await (await anna.client()).requests.answer(incoming[0]!.id, 'allow')
  await boris.client.catchUp(CATCH_UP_MS)
  const chat = boris.client.findChat('@kl-anna')
  await keepNothing(boris, chat)
  for (const text of ['one', 'two', 'three']) await boris.client.send(chat, text)
  await boris.client.catchUp(CATCH_UP_MS)
  await (await anna.client()).catchUp(CATCH_UP_MS)
  const file = await exportOf({ client: await anna.client() })
  await anna.close()

  const material = new MemoryFiles()
  const fresh = await openPerson(server, anna.handle, material)
  await fresh.client.login({ handle: anna.handle, password, replace: true })
  for (let round = 0; round < 3; round++) await catchUp(boris, fresh)
  await fresh.client.close()
  const stored = material.snapshot()

  let deaths = 0
  for (const kind of ['step', 'disk'] as const) {
    for (let after = 1; ; after++) {
      const mortal = new Mortal(server, anna.handle, MemoryFiles.from(stored))
      await mortal.client()
      const unsynced = (['lost', 'torn', 'kept'] as const)[after % 3]!
      let lives = 0
      await mortal.survive(kind === 'step' ? { kind, after } : { kind, after, unsynced }, async (client) => {
        const texts = (await client.history(chat, { limit: 9 })).map(({ text }) => text)
        expect([[], ['one', 'two', 'three']]).toContainEqual(texts)
        if (lives++ === 0) expect(texts).toEqual([])
        expect(await importTo({ client }, file)).toMatchObject({ kind: 'imported' })
        expect(await client.history(chat, { limit: 9 })).toHaveLength(3)
        expect(client.chats()[0]).toMatchObject({ unread: 0, kept: { device: true } })
      })
      await mortal.close()
      deaths += mortal.deaths
      if (mortal.deaths === 0) break
    }
  }
  expect(deaths).toBeGreaterThan(20)
}, 300_000)

test('A17 a file that no device of the account has written is refused, whoever knows the passphrase', async () => {
  const [anna, boris] = [await registerPerson(server, 'pz-anna'), await registerPerson(server, 'pz-boris')]
  const chat = await openChat(anna, boris)
  await say(anna, boris, chat, 'one')
  const profileOf = async ({ files }: Person) =>
    (await DeviceStore.open(files, await importProfileKey(new Uint8Array(32).fill(1)), noSteps)).state
      .profile!
  const [own, evil] = [await profileOf(anna), await profileOf(boris)]
  const { account: accountId, device: deviceId } = anna.client.account as never
  const sender = { messageId: MessageId.fromBytes(new Uint8Array(16).fill(5)), accountId, deviceId }
  const poison: HistoryEntry = {
    ...sender,
    position: 1n,
    sentAtMs: 7,
    receivedAtMs: 8,
    content: encodeText({ ...sender, chatId: chat, sentAtMs: 7 }, 'I never said that'),
  }
  const pair = await newKeyPair()
  const authors = {
    borisOwn: [evil.certificate, evil.signaturePublicKey, evil.signaturePrivateKey],
    stolenCertificate: [own.certificate, own.signaturePublicKey, pair.privateKey],
    newKey: [own.certificate, pair.publicKey, pair.privateKey],
    noCertificate: [new Uint8Array(9), pair.publicKey, pair.privateKey],
  } as const
  const write = async (author: readonly [Uint8Array, Uint8Array, Uint8Array], entry = poison) => {
    const pieces: Uint8Array[] = []
    const writer = await ExportWriter.begin(async (bytes) => void pieces.push(bytes), {
      accountId,
      passphrase: PASSPHRASE,
      stretch,
    })
    await writer.chat({ chatId: chat, handle: 'pz-boris', name: '' })
    await writer.message(entry)
    const [certificate, signatureKey, key] = author
    await writer.end({ certificate, signatureKey, sign: (bytes) => sign(key, bytes) })
    return concatBytes(...pieces)
  }
  const before = anna.files.snapshot()
  for (const [who, author] of Object.entries(authors)) {
    expect([who, await importTo(anna, await write(author))]).toMatchObject([who, { reason: 'foreign' }])
  }
  // Its own device would write no such thing either: a message that is not what it says, or of a stranger.
  const mine = [own.certificate, own.signaturePublicKey, own.signaturePrivateKey] as const
  const wrong: HistoryEntry[] = [
    { ...poison, sentAtMs: 8 },
    { ...poison, messageId: MessageId.fromBytes(new Uint8Array(16).fill(6)) },
    { ...poison, content: new Uint8Array(3) },
    { ...poison, content: encodeText({ ...sender, chatId: 'a'.repeat(26) as ChatId, sentAtMs: 7 }, 'x') },
    {
      ...poison,
      accountId: 'a'.repeat(52) as never,
      content: encodeText({ ...sender, accountId: 'a'.repeat(52) as never, chatId: chat, sentAtMs: 7 }, 'x'),
    },
  ]
  for (const [index, entry] of wrong.entries())
    expect([index, await importTo(anna, await write(mine, entry))]).toMatchObject([
      index,
      { reason: 'damaged' },
    ])
  expect(anna.files.snapshot()).toEqual(before)
  // What the log has still to bring is the log's; what is here counts.
  expect(await importTo(anna, await write(mine, { ...poison, position: 1000n }))).toMatchObject({
    messages: 0,
  })
  expect(await importTo(anna, await write(mine))).toMatchObject({ messages: 1 })
})

test('M13 M16: a group stands in the file under its name, with what everybody wrote, those who left included', async () => {
  const owner = await registerPerson(server, 'greta')
  const member = await registerPerson(server, 'gustav')
  await member.client.settings.setAcceptance('allowed')
  const { chat } = await owner.client.groups.create({ name: 'The village' })
  await owner.client.groups.add(chat, member.handle)
  await catchUp(member)
  await say(member, owner, chat, 'Seedlings are ready.')
  await say(owner, member, chat, 'I will fetch some.')
  await owner.client.groups.remove(chat, member.handle)
  const file = await exportOf(owner)
  expect(await importTo(owner, file)).toMatchObject({
    kind: 'imported',
    chats: [{ chat, handle: '', name: 'The village', kind: 'merged', messages: 2, added: 0 }],
  })
})
