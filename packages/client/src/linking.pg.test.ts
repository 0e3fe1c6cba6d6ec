/** One device lets another in, against the real services (docs/wire/linking.md). */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { refusedFor } from './testing/failures.ts'
import {
  catchUp,
  openChat,
  openPerson,
  type Person,
  registerNew,
  registerPair,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import type { ClientEvent } from './views.ts'

const PATIENCE = { timeout: 60_000 }
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const changesOf = (events: readonly ClientEvent[]) =>
  events.flatMap((event) => (event.type === 'device' ? [event.change] : []))

/** The old device's side: what it shows, and what its user says. */
function begin({ client, handle }: Person, says: (digits: string) => boolean | Promise<boolean>) {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>()
  code.catch(() => {}) // not every test waits for it
  const ending = new AbortController()
  const outcome = client.devices.link({
    password: `password of ${handle}`,
    onCode: (shown) => resolve(shown),
    confirm: async (digits) => says(digits),
    signal: ending.signal,
  })
  outcome.catch(reject)
  return { code, outcome, ending }
}

/** The new device's side. */
function join({ client }: Person, code: string, onDigits: (digits: string) => void = () => {}) {
  return client.loginByLink({ code, onDigits, signal: new AbortController().signal })
}

test('A4: a device lets a new one in once its user has compared the digits, and both are in the chats', async () => {
  const [alice, bob] = await registerPair(server)
  const chat = await openChat(alice, bob)
  const shown: string[] = []
  const old = begin(alice, async (digits) => {
    shown.push(digits)
    await vi.waitFor(() => expect(shown).toHaveLength(2), PATIENCE)
    return shown[0] === shown[1]
  })
  const second = await openPerson(server, alice.handle)
  const account = await join(second, await old.code, (digits) => shown.push(digits))
  expect(await old.outcome).toBe('linked')
  expect(shown).toEqual([expect.stringMatching(/^\d{6}$/), shown[0]])
  expect(account).toMatchObject({ handle: alice.handle, name: `The ${alice.handle}` })
  expect(second.files.snapshot()).not.toEqual({})
  expect(await second.client.devices.list()).toHaveLength(2)
  await expect
    .poll(async () => {
      for (const person of [second, alice]) await catchUp(person)
      return [second.client.chats().length, changesOf(alice.events)]
    }, PATIENCE)
    .toEqual([1, ['added']])
  await second.client.send(chat, 'from the new one')
  for (const person of [second, bob, alice]) await catchUp(person)
  for (const person of [bob, alice]) expect(await textsOf(person, chat)).toEqual(['from the new one'])
})

test('A4: who says that the digits differ lets nobody in', async () => {
  const alice = await registerNew(server, 'alice')
  const old = begin(alice, () => false)
  const second = await openPerson(server, alice.handle)
  const refused = expect(join(second, await old.code)).rejects.toEqual(refusedFor('linking_unknown'))
  expect(await old.outcome).toBe('declined')
  await refused
  expect(second.client.account).toEqual({ kind: 'none' })
  expect(await alice.client.devices.list()).toHaveLength(1)
})

test('A4: the first device counts; a second with the same code, and one with another, is refused', async () => {
  const alice = await registerNew(server, 'alice')
  const { promise: isSame, resolve: say } = Promise.withResolvers<boolean>()
  const old = begin(alice, () => isSame)
  const [first, late, guesser] = await Promise.all([0, 1, 2].map(() => openPerson(server, alice.handle)))
  const code = await old.code
  const { promise: shows, resolve } = Promise.withResolvers<string>()
  const joined = join(first!, code, resolve)
  await shows
  await expect(join(late!, code)).rejects.toEqual(refusedFor('linking_unknown'))
  const other = 'veche-linking:aeaacaqdaqcqmbyibefawdanbyhuz3c4'
  await expect(join(guesser!, other)).rejects.toEqual(refusedFor('linking_unknown'))
  await expect(join(guesser!, 'vr-aaaa')).rejects.toMatchObject({ name: 'DecodeError' })
  say(true)
  expect(await old.outcome).toBe('linked')
  expect(await joined).toMatchObject({ handle: alice.handle })
  expect(await alice.client.devices.list()).toHaveLength(2)
})

test('A4: a thief of the old device lets nobody in without the password; who gives up does neither', async () => {
  const alice = await registerNew(server, 'alice')
  const thief = alice.client.devices.link({
    password: 'a guess',
    onCode: () => expect.unreachable(),
    confirm: async () => true,
    signal: new AbortController().signal,
  })
  await expect(thief).rejects.toEqual(refusedFor('login_failed'))
  const old = begin(alice, () => true)
  const code = await old.code
  old.ending.abort()
  expect(await old.outcome).toBe('declined')
  const second = await openPerson(server, alice.handle)
  await expect(join(second, code)).rejects.toEqual(refusedFor('linking_unknown'))
})
