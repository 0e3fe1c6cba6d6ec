/** Devices that give no sign of themselves for 90 days: the server ends them, and waits for them no longer. */
import { isMessage } from '@bufbuild/protobuf'
import { ChatId, DeviceId } from '@veche/protocol'
import { ListDevicesResponseSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseRecoveryCode } from './recovery-code.ts'
import { refusedFor } from './testing/failures.ts'
import {
  catchUp,
  noticesOf,
  openAsMember,
  openChat,
  openPerson,
  type Person,
  passwordOf,
  registerPair,
  reopen,
  settle,
  signIn,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'
import type { ReadyAccount } from './views.ts'

const PATIENCE = { timeout: 60_000 }
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const deviceOf = ({ client }: Person) => (client.account as ReadyAccount).device
const newsOf = ({ events }: Person) => events.filter(({ type }) => type === 'device')

/** All are connected, one after the other, until it is so. */
async function until(people: readonly Person[], isSo: () => boolean): Promise<void> {
  const look = async () => {
    for (const person of people) await catchUp(person)
    return isSo()
  }
  await expect.poll(look, PATIENCE).toBe(true)
}

/** Who comes back after it. */
async function fallSilent(person: Person): Promise<Person> {
  await server.silence(deviceOf(person))
  await server.restart()
  return reopen(server, person)
}

test('M22 M16 what a silent device held back is removed, and the account’s other device is told', async () => {
  const [alice, bob] = await registerPair(server)
  const chat = await openChat(alice, bob)
  let phone = await signIn(server, bob)
  await until([phone, bob], () => phone.client.chats().length === 1)
  await settle(alice, bob)
  await bob.client.devices.setName(deviceOf(phone), 'old phone')
  await alice.client.keeping.set(chat, { server: false })
  await alice.client.send(chat, 'gone soon')
  await settle(alice, bob)
  phone = await fallSilent(phone)

  await until([bob], () => newsOf(bob).length === 2)
  expect(newsOf(bob)[1]).toEqual({
    type: 'device',
    change: 'silent',
    device: deviceOf(phone),
    name: 'old phone',
  })
  await expect(catchUp(phone)).rejects.toEqual(refusedFor('device_silent'))
  expect(await textsOf(phone, chat)).toEqual([])
  expect(phone.client.chats()).toMatchObject([{ with: { handle: alice.handle } }])
  expect(await bob.client.devices.list()).toMatchObject([
    { current: true, silent: false },
    { device: deviceOf(phone), silent: true, certified: true, name: 'old phone' },
  ])
  const rpcs = await openAsMember(server, alice)
  const kinds = async () => {
    const { entries } = await rpcs.server.chats.listEntries({ chatId: ChatId.toBytes(chat), limit: 500 })
    return new Set(entries.map(({ kind }) => kind))
  }
  await expect.poll(kinds, PATIENCE).toEqual(new Set([EntryKind.REMOVED]))
  const again = await openPerson(server, alice.handle, alice.files)

  // The account's own word puts it out of the chats.
  await bob.client.devices.remove({ devices: [deviceOf(phone)], password: passwordOf(bob) })
  await settle(bob, again)
  expect(await bob.client.devices.list()).toMatchObject([{ current: true }])
  await expect(catchUp(phone)).rejects.toEqual(refusedFor('proof_invalid'))
  await again.client.send(chat, 'to who is there')
  await settle(again, bob)
  expect(await textsOf(bob, chat)).toEqual(['gone soon', 'to who is there'])
  expect(noticesOf(bob)).toEqual([])
})

test('M16 whose only device was silent reads what it has, and signs in again by the password', async () => {
  const [alice, gone] = await registerPair(server)
  const chat = await openChat(alice, gone)
  await alice.client.send(chat, 'before')
  await settle(alice, gone)
  const bob = await fallSilent(gone)
  await alice.client.send(chat, 'while Bob is away')
  await catchUp(alice)
  await expect(catchUp(bob)).rejects.toEqual(refusedFor('device_silent'))
  expect(await textsOf(bob, chat)).toEqual(['before'])
  await bob.client.logout({ keepHistory: true })
  await bob.client.login({ handle: bob.handle, password: passwordOf(bob) })
  await until([bob, alice], () => bob.client.chats().length === 1)
  await alice.client.send(chat, 'welcome back')
  await settle(alice, bob)
  expect(await textsOf(bob, chat)).toEqual(expect.arrayContaining(['before', 'welcome back']))
  expect(await bob.client.devices.list()).toMatchObject([{ current: true, silent: false }])
  expect(noticesOf(alice)).toEqual(['new-device'])
})

test('M16 and by the recovery sheet', async () => {
  const [bob] = await registerPair(server)
  const words = bob.client.security.recoverySheet()!.words
  await fallSilent(bob)
  const renewed = await openPerson(server, bob.handle)
  await renewed.client.recover({
    handle: bob.handle,
    code: parseRecoveryCode(words),
    password: 'olive harbour lantern',
  })
  expect(await renewed.client.devices.list()).toMatchObject([{ current: true }])
})

test('A3 a server that calls a device silent which the account never certified, or this one, is not believed', async () => {
  const [alice, mallory] = await registerPair(server)
  await settle(alice)
  alice.line.tamper = (answer) => {
    if (!isMessage(answer, ListDevicesResponseSchema)) return
    const foreign = DeviceId.toBytes(deviceOf(mallory))
    answer.silent.push({ ...answer.devices[0]!, deviceId: foreign }, answer.devices[0]!)
    answer.silent.push({ ...answer.devices[0]!, deviceId: new Uint8Array(3) })
  }
  expect(await alice.client.devices.list()).toMatchObject([{ current: true, silent: false }])
  expect(newsOf(alice)).toEqual([])
})
