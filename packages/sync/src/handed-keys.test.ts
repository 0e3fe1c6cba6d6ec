import { commit, join, membersIn, newKeyPackage, receive, requestReplacement, view } from '@veche/mls'
import { decodeMessage } from '@veche/protocol'
import { HistoryKeysSchema } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import { expect, test } from 'vitest'
import { handKeys } from './handed-keys.ts'
import { enterEpoch } from './local-chat.ts'
import { createPair } from './testing/pair.ts'

/** Alice lets Bob's device in anew, and what she gives along comes out. */
async function letInAnew({ alice, bob }: Awaited<ReturnType<typeof createPair>>, chat = alice.chat) {
  const { group } = chat
  const { groupId, epoch, members } = view(group)
  const member = members.find(({ deviceId }) => deviceId === bob.identity.deviceId)!
  const made = await newKeyPackage(bob.device, { nowMs: Date.now() })
  const request = await requestReplacement(bob.device, groupId, epoch, made.reference)
  const handover = await handKeys(chat, [{ member, keyPackage: made.keyPackage }])
  const pending = await commit(group, alice.device, {
    add: [made.keyPackage],
    remove: [member.leaf],
    replaceRequests: [request],
    handover,
  })
  const joined = await join(bob.device, pending.welcome!, () => made.privatePart)
  return { joined, handover, commit: pending.commit, groupInfo: pending.groupInfo }
}

test('A19 who is let in anew gets the history keys of the epochs that it was in', async () => {
  const pair = await createPair()
  const { alice } = pair
  const update = await commit(alice.chat.group, alice.device, {})
  const chat = await enterEpoch(alice.chat, update.next, { position: 2n, logHash: new Uint8Array(32) })
  const { joined } = await letInAnew(pair, chat)
  const { keys } = decodeMessage(HistoryKeysSchema, joined.handover!, 10_000)
  expect(keys.map(({ epoch, key }) => [epoch, key])).toEqual(
    chat.epochs.map(({ epoch, historyKey }) => [epoch, historyKey]),
  )
  expect(keys).toHaveLength(2)
})

test('A16 nobody gets the key of an epoch that this very device was not in', async () => {
  const pair = await createPair()
  const { alice } = pair
  // Before the commit that brought Bob's device in she was alone.
  expect(membersIn(alice.chat.group, 0n)?.map(({ deviceId }) => deviceId)).toEqual([alice.identity.deviceId])
  const [first] = alice.chat.epochs
  const older = { ...first!, epoch: 0n, historyKey: new Uint8Array(32).fill(7) }
  const forgotten = { ...first!, epoch: 99n, historyKey: new Uint8Array(32).fill(8) }
  const chat = { ...alice.chat, epochs: [older, first!, forgotten] }
  const { joined } = await letInAnew(pair, chat)
  const { keys } = decodeMessage(HistoryKeysSchema, joined.handover!, 10_000)
  expect(keys.map(({ epoch }) => epoch)).toEqual([1n])
})

test('A16 what is handed over stands in no commit and for no other key package', async () => {
  const pair = await createPair()
  const { handover, commit: bytes, groupInfo } = await letInAnew(pair)
  for (const part of [bytes, groupInfo])
    expect(Buffer.from(part).includes(Buffer.from(handover!.subarray(40)))).toBe(false)
  expect((await receive(pair.bob.chat.group, bytes)).kind).toBe('removed')
})

test('M22 nothing is handed over where the server keeps nothing', async () => {
  const pair = await createPair()
  const { keeping } = pair.alice.chat
  const chat = { ...pair.alice.chat, keeping: { ...keeping, peerServer: false } }
  expect((await letInAnew(pair, chat)).joined.handover).toBeUndefined()
})
