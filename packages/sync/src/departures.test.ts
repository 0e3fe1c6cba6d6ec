import { commit, receive, requestLeave, stateOf, view } from '@veche/mls'
import { expect, test } from 'vitest'
import { planDepartures, without } from './departures.ts'
import { leavesOf, withoutAccounts } from './group-wishes.ts'
import { createGroupPair } from './testing/group.ts'

async function setUp() {
  const { alice, bob } = await createGroupPair()
  const { groupId, epoch } = view(bob.chat.group)
  return { alice, bob, groupId, epoch, request: await requestLeave(bob.device, groupId, epoch) }
}

test('M13 a signed wish to leave is planned by others, once, and never by who leaves', async () => {
  const { alice, bob, request } = await setUp()
  const { accountId } = bob.identity
  expect(await planDepartures(alice.chat.group, [request, request], alice.identity.accountId)).toEqual([
    { accountId, leaveRequest: request },
  ])
  expect(await planDepartures(bob.chat.group, [request], accountId)).toEqual([])
})

test('A1 what the server makes up of wishes to leave is passed over, and keeps nothing else back', async () => {
  const { alice, bob, groupId, epoch, request } = await setUp()
  const { group } = alice.chat
  const bad = [
    new Uint8Array(),
    new Uint8Array(300),
    request.with(-1 + request.length, request.at(-1)! ^ 1),
    await requestLeave(
      { ...bob.device, signaturePrivateKey: alice.device.signaturePrivateKey },
      groupId,
      epoch,
    ),
    await requestLeave(bob.device, new Uint8Array(32), epoch),
    await requestLeave(bob.device, groupId, epoch + 1n),
  ]
  expect(await planDepartures(group, bad, alice.identity.accountId)).toEqual([])
  expect(await planDepartures(group, [...bad, request], alice.identity.accountId)).toHaveLength(1)
})

test('M13 the commit takes out every device of who leaves, and members accept it of anybody', async () => {
  const { alice, bob, request } = await setUp()
  const { accountId } = bob.identity
  const { members } = view(alice.chat.group)
  const change = { adds: [{ accountId, devices: new Set<never>(), grant: new Uint8Array(1) }], removes: [] }
  const departures = await planDepartures(alice.chat.group, [request], alice.identity.accountId)
  expect(without(change, alice.chat.group, departures)).toEqual({ adds: [], removes: [] })
  const made = await commit(alice.chat.group, alice.device, {
    remove: leavesOf(members, accountId),
    leaveRequests: [request],
    state: withoutAccounts(stateOf(alice.chat.group), [accountId]),
  })
  expect(await receive(bob.chat.group, made.commit)).toMatchObject({ kind: 'removed' })
  expect(view(made.next).members).toHaveLength(1)
})
