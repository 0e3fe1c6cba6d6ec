import { DeviceId, randomId, utf8 } from '@veche/protocol'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { describe, expect, test } from 'vitest'
import * as mls from './index.ts'
import {
  addAll,
  changed,
  commitAs,
  everyoneAgrees,
  everyoneCanReadEveryone,
  groupState,
  hear,
  newParticipant,
  Participant,
  privateState,
  say,
  startChat,
  withMember,
  withoutMember,
} from './testing/chat.ts'

test('two people with three devices have a private chat', async () => {
  const [phone, laptop] = [await newParticipant(), await newParticipant()]
  const bob = await newParticipant()
  await startChat(privateState(phone.account, bob.account), phone, bob)
  const second = new Participant(
    phone.account,
    await mls.createDevice(phone.account.signAs, phone.account.accountKey, laptop.deviceId),
    laptop.deviceId,
  )
  await addAll(bob, [second], {}, [phone])
  everyoneAgrees(phone, bob, second)
  await everyoneCanReadEveryone(phone, bob, second)
})

test('a group grows, a member is offline, another leaves, a third loses a device', async () => {
  const [ann, ben, cat, dan] = await fourPeople()
  await startChat(groupOf(ann, ben, cat), ann, ben, cat)
  const missed: Uint8Array[] = [await say(ann, 'who is here?')]
  expect(await hear(ben, missed[0]!)).toBe('who is here?')

  const state = withMember(ann.view.state, dan.account, Role.MEMBER)
  missed.push((await addAll(ann, [dan], { state }, [ben])).commit)
  missed.push(await say(dan, 'hello all'))
  expect(await hear(ann, missed[2]!)).toBe('hello all')
  expect(await hear(ben, missed[2]!)).toBe('hello all')

  expect(await hear(cat, missed[0]!)).toBe('who is here?')
  const received = await mls.receive(cat.group, missed[1]!)
  expect(received).toMatchObject({ kind: 'commit', committer: { deviceId: ann.deviceId } })
  if (received.kind === 'commit') {
    expect(received.changes.added.map(({ deviceId }) => deviceId)).toEqual([dan.deviceId])
    expect(received.changes.state?.members).toHaveLength(4)
    cat.group = received.group
  }
  expect(await hear(cat, missed[2]!)).toBe('hello all')
  everyoneAgrees(ann, ben, cat, dan)

  const { groupId, epoch } = ben.view
  const leave = await mls.requestLeave(ben.device, groupId, epoch)
  await commitAs(
    cat,
    {
      remove: cat.leavesOf(ben.account.accountId),
      state: withoutMember(cat.view.state, ben.account.accountId),
      leaveRequests: [leave],
    },
    [ann, ben, dan],
  )
  everyoneAgrees(ann, cat, dan)

  const { account, deviceId } = dan
  const revocation = await mls.revokeDevice(account.signAs, account.accountKey, deviceId)
  const revokedDevices = [...cat.view.state.revokedDevices, DeviceId.toBytes(deviceId)]
  await commitAs(
    cat,
    {
      remove: cat.leavesOf(account.accountId),
      state: changed(cat.view.state, { revokedDevices }),
      revocations: [revocation],
    },
    [ann, dan],
  )
  const replacement = await newParticipant(account)
  await addAll(ann, [replacement], {}, [cat])
  await everyoneCanReadEveryone(ann, cat, replacement)
})

test('a message of an earlier epoch is read for eight epochs, and not later', async () => {
  const [ann, ben] = await fourPeople()
  await startChat(groupOf(ann, ben), ann, ben)
  const old = await say(ann, 'old')
  for (let epoch = 0; epoch < 8; epoch++) await commitAs(ann, {}, [ben])
  const saved = ben.group
  expect(await hear(ben, old)).toBe('old')
  ben.group = saved
  await commitAs(ann, {}, [ben])
  expect(await hear(ben, old)).toBe('refused: stale')
})

const WAITING = process.env.VECHE_LONG === '1' ? 10_000 : 300
test(`A12: ${WAITING} messages wait for one who was away`, { timeout: 300_000 }, async () => {
  const [ann, ben] = await fourPeople()
  await startChat(groupOf(ann, ben), ann, ben)
  const waiting: Uint8Array[] = []
  for (let index = 0; index < WAITING; index++) waiting.push(await say(ann, `${index}`))
  for (const [index, message] of waiting.entries()) expect(await hear(ben, message)).toBe(`${index}`)
})

describe('a commit is pending', () => {
  test('and leaves the group as it was until it has won', async () => {
    const [ann, ben, cat] = await fourPeople()
    await startChat(groupOf(ann, ben, cat), ann, ben, cat)
    const before = mls.saveGroup(ann.group)
    const lost = await mls.commit(ann.group, ann.device, {})
    expect(mls.saveGroup(ann.group)).toEqual(before)
    const won = await commitAs(ben, {}, [ann, cat])
    expect(await mls.receive(ann.group, lost.commit)).toMatchObject({ reason: 'stale' })
    expect(won.epoch).toBe(ann.view.epoch)
    everyoneAgrees(ann, ben, cat)
  })

  test('and is known again when it comes back', async () => {
    const [ann, ben] = await fourPeople()
    await startChat(groupOf(ann, ben), ann, ben)
    const pending = await mls.commit(ann.group, ann.device, { authenticatedData: utf8('mine') })
    expect(await mls.receive(ann.group, pending.commit)).toEqual({ kind: 'own-commit' })
    const restored = mls.loadPending(pending.saved)
    expect(restored).toMatchObject({
      commit: pending.commit,
      groupInfo: pending.groupInfo,
      epoch: pending.epoch,
    })
    ann.group = restored.next
    const received = await mls.receive(ben.group, pending.commit)
    expect(received).toMatchObject({ kind: 'commit', authenticatedData: utf8('mine') })
    if (received.kind === 'commit') ben.group = received.group
    everyoneAgrees(ann, ben)
  })
})

describe('a group is a value', () => {
  test('that is the same after it was saved and loaded, between messages too', async () => {
    const [ann, ben] = await fourPeople()
    await startChat(groupOf(ann, ben), ann, ben)
    const saved = mls.saveGroup(ben.group)
    const deltas: Uint8Array[] = []
    for (const text of ['one', 'two']) {
      const received = await mls.receive(ben.group, await say(ann, text))
      if (received.kind !== 'application') throw new Error(received.kind)
      ben.group = received.group
      deltas.push(received.delta)
    }
    const sent = await mls.encrypt(ben.group, ben.device, utf8('three'), utf8('for all to see'))
    deltas.push(sent.delta)
    expect(deltas[1]!.length).toBeLessThanOrEqual(200)
    expect(mls.saveGroup(deltas.reduce(mls.applyDelta, mls.loadGroup(saved)))).toEqual(
      mls.saveGroup(sent.group),
    )
    expect(await mls.receive(ann.group, sent.message)).toMatchObject({
      kind: 'application',
      plaintext: utf8('three'),
      authenticatedData: utf8('for all to see'),
      epoch: 1n,
    })
  })

  test('whose old self still works after a new one was made', async () => {
    const [ann, ben] = await fourPeople()
    await startChat(groupOf(ann, ben), ann, ben)
    const old = ben.group
    const messages = [await say(ann, 'one'), await say(ann, 'two')]
    for (const message of messages) await hear(ben, message)
    await commitAs(ann, {}, [ben])
    ben.group = old
    expect(await hear(ben, messages[0]!)).toBe('one')
  })

  test('of which nothing is left when it is wiped', async () => {
    const [ann, ben] = await fourPeople()
    await startChat(groupOf(ann, ben), ann, ben)
    await hear(ben, await say(ann, 'hello'))
    const late = await say(ann, 'too late')
    await commitAs(ann, {}, [ben])
    mls.wipe(ben.group)
    expect(await hear(ben, await say(ann, 'secret'))).toMatch(/refused/)
    expect(await hear(ben, late)).toMatch(/refused/)
    expect(await mls.exportSecret(ben.group, 'x', utf8(''), 32)).not.toEqual(
      await mls.exportSecret(ann.group, 'x', utf8(''), 32),
    )
  })
})

describe('not allowed', () => {
  test('readers do not write, and are not read', async () => {
    const [ann, ben] = await fourPeople()
    const state = groupState([
      [ann.account, Role.OWNER],
      [ben.account, Role.READER],
    ])
    await startChat(state, ann, ben)
    await expect(mls.encrypt(ben.group, ben.device, utf8('?'), utf8(''))).rejects.toThrow(mls.PolicyError)
    const ofWriter = { ...ben.group, state: groupOf(ann, ben) }
    const forced = await mls.encrypt(ofWriter, ben.device, utf8('?'), utf8(''))
    expect(await hear(ann, forced.message)).toBe('refused: no-right-to-write')
  })

  test('a group that another device holds, or that one is not in', async () => {
    const [ann, ben] = await fourPeople()
    await startChat(groupOf(ann, ben), ann, ben)
    await expect(mls.commit(ann.group, ben.device, {})).rejects.toThrow(mls.PolicyError)
    await expect(startChat(groupOf(ann), ben)).rejects.toThrow(mls.PolicyError)
    const unknown = changed(groupOf(ann), { policyVersion: 2 })
    await expect(startChat(unknown, ann)).rejects.toThrow(mls.PolicyError)
    const itself = mls.commit(ann.group, ann.device, { remove: [0] })
    await expect(itself).rejects.toThrow(mls.PolicyError)
    expect(await mls.receive(ann.group, await say({ ...ann } as Participant, 'to myself'))).toMatchObject({
      reason: 'own-message',
    })
  })

  test('what belongs to another chat', async () => {
    const [ann, ben, cat, dan] = await fourPeople()
    await startChat(groupOf(ann, ben), ann, ben)
    await startChat(groupOf(cat, dan), cat, dan)
    expect(await hear(ann, await say(cat, 'hello'))).toBe('refused: wrong-group')
    const { commit } = await mls.commit(cat.group, cat.device, {})
    expect(await mls.receive(ann.group, commit)).toMatchObject({ reason: 'wrong-group' })
  })
})

test('everyone exports the same secrets, and others for another epoch or label', async () => {
  const [ann, ben] = await fourPeople()
  await startChat(groupOf(ann, ben), ann, ben)
  const of = (participant: Participant, label: string) =>
    mls.exportSecret(participant.group, label, utf8('x'), 32)
  expect(await of(ann, 'history')).toEqual(await of(ben, 'history'))
  expect(await of(ann, 'profile')).not.toEqual(await of(ann, 'history'))
  const earlier = await of(ann, 'history')
  await commitAs(ann, {}, [ben])
  expect(await of(ann, 'history')).not.toEqual(earlier)
})

test('a device id is its own unless one is given', async () => {
  const { account } = await newParticipant()
  const deviceId = randomId(DeviceId)
  const device = await mls.createDevice(account.signAs, account.accountKey, deviceId)
  const identity = await mls.verifyCertificate(device.certificate, device.signaturePublicKey)
  expect(identity).toEqual({ accountId: account.accountId, accountKey: account.accountKey, deviceId })
})

async function fourPeople(): Promise<[Participant, Participant, Participant, Participant]> {
  return [await newParticipant(), await newParticipant(), await newParticipant(), await newParticipant()]
}

function groupOf(owner: Participant, ...others: Participant[]) {
  return groupState([
    [owner.account, Role.OWNER],
    ...others.map(({ account }): [typeof account, Role] => [account, Role.MEMBER]),
  ])
}
