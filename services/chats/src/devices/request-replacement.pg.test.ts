/** A device whose state in a chat is good for nothing any more asks to be let in anew (A10, A19). */
import { randomBytes } from 'node:crypto'
import { commit, type Group, join, newKeyPackage, requestReplacement, revokeDevice, view } from '@veche/mls'
import { DeviceId } from '@veche/protocol'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TestGroup } from '../testing/group.ts'
import { itemsOf } from '../testing/inbox.ts'
import { type Person, withNewDevice } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { openChatBetween, startTestService, type TestService } from '../testing/test-service.ts'
import { gather } from '../testing/trio.ts'

let service: TestService
let alice: Person
let bob: Person
let carol: Person
let group: TestGroup

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ alice, bob, carol, group } = await gather(service, 'allowed'))
  await group.add(alice, Role.MEMBER, bob, carol)
})

async function wishOf(person: Person, { groupId, epoch } = view(group.of(person)), lastResort = false) {
  const made = await newKeyPackage(person.device, { nowMs: Date.now(), lastResort })
  const replaceRequest = await requestReplacement(person.device, groupId, epoch, made.reference)
  return { ...made, replacement: { replaceRequest, keyPackage: made.keyPackage } }
}
type Wish = Awaited<ReturnType<typeof wishOf>>['replacement']
const ask = (person: Person, replacement: Wish, chatId: Uint8Array = group.id) =>
  service.as(person).requestReplacement({ chatId, replacement })
const wishes = async (person: Person, chatId: Uint8Array = group.id) =>
  (await service.as(person).listChatDevices({ chatId })).replacements
const bytesOf = (...some: readonly Wish[]) =>
  some.map(({ replaceRequest, keyPackage }) => [Buffer.from(replaceRequest), Buffer.from(keyPackage)])

test('A19 any member replaces a device on its signed wish, and the wish is gone with its old leaf', async () => {
  const { replacement, privatePart } = await wishOf(bob)
  await ask(bob, replacement)
  await ask(bob, replacement)
  for (const person of [alice, carol])
    expect(await itemsOf(service, person, 'devicesChanged')).toMatchObject([{ value: { chatId: group.id } }])
  expect(await itemsOf(service, bob, 'devicesChanged')).toEqual([])
  const [listed, ...more] = await wishes(carol)
  expect([bytesOf(listed!), more]).toEqual([bytesOf(replacement), []])
  const position = await group.change(carol, [], {
    add: [listed!.keyPackage],
    remove: group.leavesOf(bob),
    replaceRequests: [listed!.replaceRequest],
  })
  expect(await wishes(alice)).toEqual([])
  const welcome = (await itemsOf(service, bob, 'welcome')).at(-1)
  expect(welcome).toMatchObject({ value: { position } })
  const back = await join(bob.device, (welcome!.value as { welcome: Uint8Array }).welcome, () => privatePart)
  expect(view(back.group).epochDigest).toEqual(view(group.of(alice)).epochDigest)
  await group.write(carol)
})

test('A19 a private chat replaces a device by the other person’s', async () => {
  const { id, groups } = await openChatBetween(service, alice, bob)
  const [own] = groups
  const { replacement, privatePart } = await wishOf(bob, view(own))
  await ask(bob, replacement, id)
  const [listed] = await wishes(alice, id)
  const leaf = view(own).members.find(({ accountId }) => accountId === bob.accountId)!.leaf
  const replace = async (at: Group, replaceRequests: Uint8Array[]) => {
    const intent = { add: [listed!.keyPackage], remove: [leaf], replaceRequests }
    return commit(at, alice.device, intent)
  }
  await expect(replace(own, [])).rejects.toThrow()
  const made = await replace(own, [listed!.replaceRequest])
  const handshake = { commit: made.commit, welcome: made.welcome! }
  const entry = { case: 'handshake', value: handshake } as const
  await service.as(alice).append({ chatId: id, messageId: randomBytes(16), entry })
  expect(await wishes(alice, id)).toEqual([])
  const back = await join(bob.device, made.welcome!, () => privatePart)
  expect(view(back.group).epoch).toBe(made.epoch)
})

test('A19 a device’s last wish counts, for as long as members accept it', async () => {
  await ask(bob, (await wishOf(bob)).replacement)
  await group.change(alice, [], {})
  const later = await wishOf(bob)
  await ask(bob, later.replacement)
  expect(bytesOf(...(await wishes(alice)))).toEqual(bytesOf(later.replacement))
  await service.database.query('UPDATE chats SET epoch = epoch + 64 WHERE chat_id = $1', [group.id])
  expect(await wishes(alice)).toHaveLength(1)
  await service.database.query('UPDATE chats SET epoch = epoch + 1 WHERE chat_id = $1', [group.id])
  expect(await wishes(alice)).toEqual([])
})

test('A3 the wish of a device that is no longer in the chat is no ground for anything', async () => {
  await ask(bob, (await wishOf(bob)).replacement)
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop, 'allowed')
  const revocation = await revokeDevice(bob.sign, bob.accountKey, bob.deviceId)
  const state = { ...group.state, revokedDevices: [DeviceId.toBytes(bob.deviceId)] }
  const wish = await wishOf(bob)
  await group.change(carol, [laptop], { state, remove: group.leavesOf(bob), revocations: [revocation] })
  expect(await wishes(carol)).toEqual([])
  expect(await refusalOf(ask(bob, wish.replacement))).toBe('NotFound chat_unknown')
})

test('A2 nobody asks for another device, elsewhere, at another time or with another key package', async () => {
  const { groupId, epoch } = view(group.of(bob))
  const [good, other] = [(await wishOf(bob)).replacement, (await wishOf(bob)).replacement]
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop, 'allowed')
  const broken = Uint8Array.from(good.replaceRequest)
  broken[broken.length - 1]! ^= 1
  const wrong: readonly (readonly [Person, Wish])[] = [
    [carol, good],
    [bob, { ...good, replaceRequest: broken }],
    [bob, { ...good, keyPackage: other.keyPackage }],
    [bob, { ...good, replaceRequest: new Uint8Array() }],
    [bob, { ...good, keyPackage: randomBytes(500) }],
    [bob, { replaceRequest: randomBytes(2000), keyPackage: randomBytes(100_000) }],
    [bob, (await wishOf(bob, { ...view(group.of(bob)), groupId: randomBytes(32) })).replacement],
    [bob, (await wishOf(bob, { ...view(group.of(bob)), groupId, epoch: epoch + 1n })).replacement],
    [bob, (await wishOf(bob, view(group.of(bob)), true)).replacement],
  ]
  for (const [person, wish] of wrong)
    expect(await refusalOf(ask(person, wish))).toBe('InvalidArgument replacement_invalid')
  expect(await wishes(alice)).toEqual([])
  const eve = await service.enrol('eve', 'allowed')
  for (const person of [eve, laptop]) expect(await refusalOf(ask(person, good))).toBe('NotFound chat_unknown')
  for (const chatId of [randomBytes(16), new Uint8Array()])
    expect(await refusalOf(ask(bob, good, chatId))).toBe('NotFound chat_unknown')
  const empty = service.as(bob).requestReplacement({ chatId: group.id })
  expect(await refusalOf(empty)).toBe('InvalidArgument replacement_invalid')
})

test('A19 a device learns which of its account’s chats it is in itself', async () => {
  const laptop = await withNewDevice(bob)
  service.accounts.add(laptop, 'allowed')
  const { id } = await openChatBetween(service, bob, carol)
  const present = async (person: Person) =>
    (await service.as(person).listChats({})).present.map((chatId) => Buffer.from(chatId)).sort(Buffer.compare)
  expect(await present(bob)).toEqual([Buffer.from(group.id), Buffer.from(id)].sort(Buffer.compare))
  expect(await present(laptop)).toEqual([])
  expect((await service.as(laptop).listChats({})).chats).toHaveLength(2)
})
