/** Several devices of one account, against the real services. */

import { isMessage } from '@bufbuild/protobuf'
import { DeviceId } from '@veche/protocol'
import { ListDevicesResponseSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseRecoveryCode } from './recovery-code.ts'
import { refusedFor, wrongFor } from './testing/failures.ts'
import {
  catchUp,
  noticesOf,
  openChat,
  openPerson,
  type Person,
  passwordOf,
  registerNew,
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

const newsOf = ({ events }: Person) =>
  events.flatMap((event) => (event.type === 'device' ? [{ change: event.change, device: event.device }] : []))
const deviceOf = ({ client }: Person) =>
  (client.account as Extract<typeof client.account, { kind: 'ready' }>).device

/** All are connected, one after the other, until it is so: how soon who is told of what is nobody's promise. */
async function until(people: readonly Person[], isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect
    .poll(async () => {
      for (const person of people) await catchUp(person)
      return isSo()
    }, PATIENCE)
    .toBe(true)
}

describe('a second device', () => {
  test('comes into a private chat by the first alone, and both hear everything, in one order', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const second = await signIn(server, alice)
    await until([second, alice], () => second.client.chats().length === 1)
    await second.client.send(chat, 'from the second')
    await alice.client.send(chat, 'from the first')
    await bob.client.send(chat, 'from bob')
    await until([second, alice, bob, second, alice], async () => (await textsOf(alice, chat)).length === 3)
    await until([second, bob], async () => (await textsOf(second, chat)).length === 3)
    expect(await textsOf(second, chat)).toEqual(await textsOf(alice, chat))
    expect(await textsOf(bob, chat)).toEqual(await textsOf(alice, chat))
    const [shown] = (await alice.client.history(chat, { limit: 10 })).filter(
      ({ text }) => text === 'from the second',
    )
    expect(shown).toMatchObject({
      from: { handle: alice.handle },
      state: expect.stringMatching(/^(sent|delivered)$/),
    })
    expect(alice.client.chats()).toMatchObject([{ unread: 1 }])
    expect(noticesOf(alice)).toEqual([])
    expect(noticesOf(bob)).toEqual(['new-device'])
  })

  test('comes into a private chat by the peer alone', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    await alice.client.close()
    const second = await signIn(server, alice)
    await until([second, bob], () => second.client.chats().length === 1)
    await second.client.send(chat, 'hello')
    for (const person of [second, bob]) await catchUp(person)
    expect(await textsOf(bob, chat)).toEqual(['hello'])
  })

  test('comes into groups by any member, and into twenty chats at once by the first device', async () => {
    const [alice, bob] = await registerPair(server)
    await openChat(alice, bob)
    const { chat } = await alice.client.groups.create({ name: 'Garden' })
    await alice.client.groups.add(chat, bob.handle)
    for (const person of [alice, bob]) await catchUp(person)
    for (let index = 0; index < 18; index++) await bob.client.groups.create({ name: `Bob's ${index}` })
    const second = await signIn(server, bob)
    await until([second, bob], () => second.client.chats().length === 20)
    await alice.client.send(chat, 'to all')
    await until([alice, second, bob], async () => (await textsOf(second, chat)).length === 1)
  })

  test('comes while messages flow, from both sides, and misses none that was written after it came', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const stop = new AbortController()
    const following = [alice, bob].map(({ client }) => client.connect(stop.signal))
    const write = async (person: Person, from: number, to: number) => {
      for (let number = from; number < to; number++) {
        const { acknowledged } = await person.client.send(chat, `${person.handle} ${number}`)
        await acknowledged
      }
    }
    const flowing = [write(alice, 0, 30), write(bob, 0, 30)]
    const second = await signIn(server, alice)
    following.push(second.client.connect(stop.signal))
    await expect.poll(() => second.client.chats().length, PATIENCE).toBe(1)
    const since = await write(second, 30, 40).then(() => textsOf(second, chat))
    await Promise.all(flowing)
    await bob.client.send(chat, 'the last')
    for (const person of [alice, bob, second])
      await expect.poll(async () => (await textsOf(person, chat)).at(-1), PATIENCE).toBe('the last')
    const all = await textsOf(bob, chat)
    expect(all).toHaveLength(71)
    expect(await textsOf(alice, chat)).toEqual(all)
    const seen = await textsOf(second, chat)
    expect(all.slice(-seen.length)).toEqual(seen)
    expect(seen).toEqual(expect.arrayContaining(since))
    for (const person of [alice, bob, second])
      expect(noticesOf(person).filter((notice) => notice !== 'new-device')).toEqual([])
    stop.abort()
    await Promise.all(following)
  })

  test('A7: both devices write, and both bring a third in, at the same moment', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const second = await signIn(server, alice)
    await until([second, alice], () => second.client.chats().length === 1)
    const stop = new AbortController()
    const people = [alice, second, bob]
    const following = people.map(({ client }) => client.connect(stop.signal))
    const third = await signIn(server, alice)
    following.push(third.client.connect(stop.signal))
    for (let number = 0; number < 10; number++)
      await Promise.all(people.map(({ client }, index) => client.send(chat, `${index} ${number}`)))
    await expect.poll(() => third.client.chats().length, PATIENCE).toBe(1)
    for (const person of people)
      await expect.poll(async () => (await textsOf(person, chat)).length, PATIENCE).toBe(30)
    const all = await textsOf(bob, chat)
    for (const person of people) expect(await textsOf(person, chat)).toEqual(all)
    await third.client.send(chat, 'from the third')
    for (const person of [...people, third])
      await expect.poll(async () => (await textsOf(person, chat)).at(-1), PATIENCE).toBe('from the third')
    stop.abort()
    await Promise.all(following)
  })
})

describe('what is done on one device', () => {
  test('is so on the other: requests, acceptances, blocks, keeping', async () => {
    const [alice, bob] = await registerPair(server)
    const second = await signIn(server, alice)
    await catchUp(second)
    await bob.client.requests.ask(alice.handle)
    const isTold = ({ events }: Person) => events.filter(({ type }) => type === 'request').length === 1
    await until([alice, second], () => isTold(alice) && isTold(second))
    const [asked] = (await second.client.requests.list()).incoming
    const { chat } = await second.client.requests.answer(asked!.id, 'allow')
    await until([bob, alice, second], () => alice.client.chats().length === 1)
    expect((await alice.client.requests.list()).incoming).toEqual([])
    await alice.client.keeping.set(chat!, { server: false })
    await until([alice, second], () => !second.client.keeping.get(chat!).ownServer)
    await second.client.people.block(bob.handle)
    expect(await alice.client.people.blocked()).toMatchObject([{ handle: bob.handle }])
    await bob.client.send(chat!, 'is not heard')
    for (const person of [bob, alice]) await catchUp(person)
    expect(await textsOf(alice, chat!)).toEqual([])
  })

  test('two that allow the same request at once have one chat', async () => {
    const [alice, bob] = await registerPair(server)
    const second = await signIn(server, alice)
    await bob.client.requests.ask(alice.handle)
    for (const person of [alice, second]) await catchUp(person)
    const [asked] = (await alice.client.requests.list()).incoming
    const answers = await Promise.allSettled(
      [alice, second].map(({ client }) => client.requests.answer(asked!.id, 'allow')),
    )
    expect(answers.map(({ status }) => status)).toContain('fulfilled')
    await until([bob, alice, second], () =>
      [alice, second, bob].every(({ client }) => client.chats().some(({ state }) => state === 'open')),
    )
    const [chat] = alice.client.chats().map((one) => one.chat)
    await alice.client.send(chat!, 'a')
    await second.client.send(chat!, 'b')
    await until([alice, second, bob, alice, second], async () => (await textsOf(bob, chat!)).length === 2)
    for (const person of [alice, second, bob]) expect(person.client.chats()).toMatchObject([{ chat }])
  })
})

describe('A3: the other devices are told', () => {
  test('of one that signs in, and of one that is removed, once, with their names here', async () => {
    const [alice] = await registerPair(server)
    await catchUp(alice)
    expect(newsOf(alice)).toEqual([])
    const second = await signIn(server, alice)
    await catchUp(second)
    const device = deviceOf(second)
    await until([alice], () => newsOf(alice).length === 1)
    expect(newsOf(alice)).toEqual([{ change: 'added', device }])
    expect(newsOf(second)).toEqual([])
    expect(alice.client.devices.news()).toEqual([{ change: 'added', device, name: '' }])
    await alice.client.devices.setName(device, ' office ')
    await alice.client.devices.told({ change: 'added', device })
    expect(alice.client.devices.news()).toEqual([])
    const views = await alice.client.devices.list()
    expect(views).toMatchObject([
      { device: deviceOf(alice), current: true, certified: true },
      { device, current: false, certified: true, name: 'office' },
    ])
    await second.client.logout({ keepHistory: false })
    await until([alice], () => newsOf(alice).length === 2)
    expect(newsOf(alice)[1]).toEqual({ change: 'removed', device })
    await catchUp(alice)
    expect(newsOf(alice)).toHaveLength(2)
  })

  test('a device that the account’s key did not certify is an alarm, and comes into no chat', async () => {
    const [alice, bob] = await registerPair(server)
    await openChat(alice, bob)
    const mallory = await registerNew(server, 'mallory')
    const [foreign] = (await mallory.client.devices.list()).map(({ device }) => device)
    alice.line.tamper = (answer) => {
      if (!isMessage(answer, ListDevicesResponseSchema)) return
      const [own] = answer.devices
      answer.devices.push({ ...own!, deviceId: new Uint8Array(16).fill(7) })
    }
    const views = await alice.client.devices.list()
    expect(views.map(({ certified }) => certified)).toEqual([true, false])
    expect(views[1]!.device).not.toBe(foreign)
    expect(newsOf(alice)).toEqual([{ change: 'uncertified', device: views[1]!.device }])
    await catchUp(alice)
    await alice.client.devices.list()
    expect(newsOf(alice)).toHaveLength(1)
  })

  test('a device that the server does not tell of is seen when it comes into a chat', async () => {
    const [alice, bob] = await registerPair(server)
    await openChat(alice, bob)
    await catchUp(alice)
    const own = deviceOf(alice)
    alice.line.tamper = (answer) => {
      if (!isMessage(answer, ListDevicesResponseSchema)) return
      answer.devices = answer.devices.filter(({ deviceId }) => DeviceId.fromBytes(deviceId) === own)
    }
    const second = await signIn(server, alice)
    await until([second, bob], () => second.client.chats().length === 1)
    await until([alice], () => newsOf(alice).length === 1)
    expect(newsOf(alice)).toEqual([{ change: 'added', device: deviceOf(second) }])
  })
})

test('who has the recovery sheet adds a device beside the others, where they are to stay', async () => {
  const [alice] = await registerPair(server)
  const { words } = alice.client.security.recoverySheet()!
  const second = await openPerson(server, alice.handle)
  const code = parseRecoveryCode(words)
  const request = { handle: alice.handle, code, password: 'olive harbour lantern', keepDevices: true }
  await second.client.recover(request)
  expect(await alice.client.devices.list()).toHaveLength(2)
  await until([second, alice], () => newsOf(alice).length === 1)
  expect(newsOf(alice)).toEqual([{ change: 'added', device: deviceOf(second) }])
})

describe('a device that is removed', () => {
  test('while it is offline learns it, goes out of the chats, and keeps its history or erases it', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const second = await signIn(server, alice)
    await until([second, alice], () => second.client.chats().length === 1)
    await bob.client.send(chat, 'before')
    await until([bob, second, alice], async () => (await textsOf(second, chat)).length === 1)
    const device = deviceOf(second)
    await alice.client.devices.remove({ devices: [device], password: passwordOf(alice) })
    for (const person of [alice, bob]) await catchUp(person)
    await bob.client.send(chat, 'after')
    for (const person of [bob, alice]) await catchUp(person)
    await expect(catchUp(second)).rejects.toThrow(/^(token|proof)_invalid$/)
    expect(await textsOf(second, chat)).toEqual(['before'])
    expect(await textsOf(alice, chat)).toEqual(['before', 'after'])
    expect(newsOf(alice).filter(({ change }) => change === 'removed')).toEqual([])
    expect(await alice.client.devices.list()).toMatchObject([{ current: true }])
    await second.client.logout({ keepHistory: true })
    expect(second.client.account).toEqual({ kind: 'none' })
    const again = await openPerson(server, alice.handle, second.files)
    await again.client.login({ handle: alice.handle, password: passwordOf(alice) })
    await until([again, alice], () => again.client.chats().length === 1)
    // What was written meanwhile, the server's archive may have given it by now (M15).
    expect((await textsOf(again, chat))[0]).toBe('before')
  })

  test('is put out of the chats by the one that removed it, whoever else is away', async () => {
    const [alice, bob] = await registerPair(server)
    const chat = await openChat(alice, bob)
    const second = await signIn(server, alice)
    await until([second, alice], () => second.client.chats().length === 1)
    const device = deviceOf(second)
    await bob.client.close()
    await alice.client.devices.remove({ devices: [device], password: passwordOf(alice) })
    await catchUp(alice)
    const leaves = alice.line.calls.filter((name) => name === 'Append').length
    expect(leaves).toBeGreaterThan(0)
    await alice.client.send(chat, 'not for the second')
    await catchUp(alice)
    expect(await textsOf(second, chat)).toEqual([])
  })

  test('needs the password: a thief of one device removes none and adds none', async () => {
    const [alice] = await registerPair(server)
    const second = await signIn(server, alice)
    const remove = (password: string, device = deviceOf(second)) =>
      alice.client.devices.remove({ devices: [device], password })
    await expect(remove('a guess')).rejects.toEqual(refusedFor('login_failed'))
    await expect(remove(passwordOf(alice), deviceOf(alice))).rejects.toEqual(wrongFor('own_device'))
    const foreign = deviceOf(await registerNew(server, 'carol'))
    await expect(remove(passwordOf(alice), foreign)).rejects.toEqual(wrongFor('device_unknown'))
    await catchUp(second)
    const thief = await openPerson(server, alice.handle)
    await expect(thief.client.login({ handle: alice.handle, password: 'a guess' })).rejects.toEqual(
      refusedFor('login_failed'),
    )
    expect(await alice.client.devices.list()).toHaveLength(2)
  })
})
