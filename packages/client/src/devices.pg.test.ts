import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusedFor, wrongFor } from './testing/failures.ts'
import {
  catchUp,
  noticesOf,
  openChat,
  openPerson,
  type Person,
  passwordOf,
  registerPair,
  signIn,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const PATIENCE = { timeout: 20_000 }
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

/** Both are connected until the new device is in the chat: how soon it is told of depends on nobody's call. */
async function rejoin(renewed: Person, other: Person): Promise<void> {
  while (renewed.client.chats().length === 0) for (const person of [renewed, other]) await catchUp(person)
}

async function exchange(chat: Parameters<typeof textsOf>[1], a: Person, b: Person): Promise<void> {
  await a.client.send(chat, `from ${a.handle}`)
  await b.client.send(chat, `from ${b.handle}`)
  for (const person of [a, b, a]) await catchUp(person)
}

describe('another device', () => {
  test('who signs in on a new device is brought into the chats again by the other', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await alice.client.logout({ keepHistory: false })
    const renewed = await signIn(server, alice)
    await catchUp(renewed)
    expect(renewed.client.chats()).toEqual([])
    expect(await renewed.client.awaited()).toMatchObject([{ handle: bob.handle }])
    await rejoin(renewed, bob)
    expect(noticesOf(bob)).toEqual(['new-device'])
    expect(await renewed.client.awaited()).toEqual([])
    await exchange(chat, renewed, bob)
    const texts = [`from ${alice.handle}`, `from ${bob.handle}`]
    expect(await textsOf(bob, chat)).toEqual(texts)
    expect(await textsOf(renewed, chat)).toEqual(texts)
    expect(noticesOf(renewed)).toEqual([])
  })

  test('A19: the device before is put out of the chats by the account’s own word, and reads nothing later', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await catchUp(alice)
    const renewed = await signIn(server, alice, { replace: true })
    await rejoin(renewed, bob)
    await exchange(chat, renewed, bob)
    expect(await textsOf(renewed, chat)).toHaveLength(2)
    await expect(catchUp(alice)).rejects.toThrow(/^(token|proof)_invalid$/)
    expect(await textsOf(alice, chat)).toEqual([])
    expect(await bob.client.contacts()).toMatchObject([{ handle: alice.handle }])
  })

  test('a device that comes while the other follows is brought in at once', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const stop = new AbortController()
    const following = bob.client.connect(stop.signal)
    const renewed = await signIn(server, alice, { replace: true })
    const other = renewed.client.connect(stop.signal)
    await expect.poll(() => renewed.client.chats().map((one) => one.chat), PATIENCE).toEqual([chat])
    stop.abort()
    await Promise.all([following, other])
  })

  test('an active device is not ended unless that is asked for; when it is, its stream ends at once', async () => {
    const [alice] = await registerPair(server)
    await signIn(server, alice)
    await catchUp(alice)
    const following = alice.client.connect(new AbortController().signal)
    const refused = expect(following).rejects.toEqual(refusedFor('proof_invalid'))
    await expect.poll(() => alice.events.map(({ type }) => type), PATIENCE).toContain('connection')
    await signIn(server, alice, { replace: true })
    await refused
  })
})

describe('signing out', () => {
  test('erases everything but the profile key', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await exchange(chat, alice, bob)
    await alice.client.logout({ keepHistory: false })
    expect(alice.client.account).toEqual({ kind: 'none' })
    const again = await openPerson(server, alice.handle, alice.files)
    expect(again.client.account).toEqual({ kind: 'none' })
    const left = (
      await Promise.all(['', 'chats', `history/${chat}`].map((folder) => alice.files.list(folder)))
    ).flat()
    expect(left.filter((name) => !name.startsWith('device'))).toEqual([])
    await again.client.register({ handle: `${alice.handle}-2`, name: 'A', password: passwordOf(alice) })
  })

  test('keeps the history for the same account, and lets nobody else in', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await exchange(chat, alice, bob)
    await alice.client.logout({ keepHistory: true })
    const stranger = await openPerson(server, alice.handle, alice.files)
    const another = { handle: bob.handle, password: passwordOf(bob), replace: true }
    await expect(stranger.client.login(another)).rejects.toEqual(wrongFor('other_account'))
    await expect(
      stranger.client.register({ handle: 'somebody.else', name: 'S', password: passwordOf(bob) }),
    ).rejects.toEqual(wrongFor('other_account'))
    await stranger.client.close()

    const renewed = await signIn(server, alice, { files: alice.files })
    await rejoin(renewed, bob)
    await exchange(chat, renewed, bob)
    expect(await textsOf(renewed, chat)).toHaveLength(4)
    await renewed.client.logout({ keepHistory: true })
    const later = await openPerson(server, alice.handle, alice.files)
    await later.client.logout({ keepHistory: false })
    expect(await alice.files.list(`history/${chat}`)).toEqual([])
    await expect(later.client.logout({ keepHistory: false })).rejects.toEqual(wrongFor('not_registered'))
  })

  test('M22: what was erased before stays erased, and where nothing is kept nothing is left', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await exchange(chat, alice, bob)
    await alice.client.keeping.set(chat, { device: false })
    await bob.client.send(chat, 'not shown yet')
    for (const person of [bob, alice]) await catchUp(person)
    const [unseen] = await alice.client.history(chat, { limit: 10 })
    expect(unseen!.from.handle).toBe(bob.handle)
    await alice.client.logout({ keepHistory: true })

    const renewed = await signIn(server, alice, { files: alice.files })
    await rejoin(renewed, bob)
    const kept = await textsOf(renewed, chat)
    expect(kept).toContain('not shown yet')
    expect(kept).not.toContain(`from ${alice.handle}`)
    expect(renewed.client.chats()).toMatchObject([{ kept: { device: false }, unread: kept.length }])
    await renewed.client.logout({ keepHistory: false })
    const folders = [
      '',
      'chats',
      ...[0, 1, 2, 3, 4, 5].map((n) => `history/${chat}${n === 0 ? '' : `.${n}`}`),
    ]
    const left = (
      await Promise.all([...folders, `known/${chat}`].map((folder) => alice.files.list(folder)))
    ).flat()
    expect(left.filter((name) => !name.startsWith('device'))).toEqual([])
  })

  test('gives up nothing that waits unless that is asked for', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await alice.client.send(chat, 'seen by the server alone')
    await alice.client.logout({ keepHistory: true })
    const renewed = await signIn(server, alice, { files: alice.files })
    await rejoin(renewed, bob)
    expect(await textsOf(renewed, chat)).toEqual(['seen by the server alone'])
    renewed.line.cut()
    await renewed.client.send(chat, 'waits')
    const offline = { keepHistory: true, tellServer: false }
    await expect(renewed.client.logout(offline)).rejects.toEqual(wrongFor('unsent_messages'))
    expect(renewed.client.chats()).toMatchObject([{ waiting: 1 }])
    await renewed.client.logout({ ...offline, discardUnsent: true })
    expect(renewed.client.account.kind).toBe('none')
  })

  test('changes nothing where the server is away, and does without it where that is wanted', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    alice.line.cut()
    await expect(alice.client.logout({ keepHistory: false })).rejects.toThrow()
    expect(alice.client.chats()).toHaveLength(1)
    await alice.client.logout({ keepHistory: false, tellServer: false })
    const renewed = await signIn(server, alice, { replace: true })
    await rejoin(renewed, bob)
    await exchange(chat, renewed, bob)
    expect(await textsOf(renewed, chat)).toHaveLength(2)
  })
})
