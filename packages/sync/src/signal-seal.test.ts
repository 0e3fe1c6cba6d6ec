import { create, create as createMessage } from '@bufbuild/protobuf'
import { type Group, view } from '@veche/mls'
import { ChatId, DecodeError, randomId } from '@veche/protocol'
import { SignalSchema } from '@veche/protocol/gen/e2ee/v1/marks_pb.js'
import { EpochSecretSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { expect, test } from 'vitest'
import { openOwnMark } from './own-mark.ts'
import { openSignal, sealSignal, withoutOldSignalKeys } from './signal-seal.ts'
import { createPair, type Side } from './testing/pair.ts'

const signal = create(SignalSchema, { number: 7n, signal: { case: 'readPosition', value: 5n } })
const sealed = ({ chat, device, identity }: Side, group: Group = chat.group) =>
  sealSignal(group, device, identity, signal)

test('M20 what one seals the other opens, always of the same length', async () => {
  const { alice, bob } = await createPair()
  const bytes = await sealed(alice)
  expect(bytes).toHaveLength(292)
  expect(await openSignal(bob.chat, alice.identity, bytes)).toEqual(signal)
  expect(await sealed(alice)).not.toEqual(bytes)
})

test('A18 a signal opens for its chat, sender and device alone, whole, and for nothing else', async () => {
  const { alice, bob } = await createPair()
  const bytes = await sealed(alice)
  const refused = (sender: Side['identity'], received: Uint8Array, chat = bob.chat) =>
    expect(openSignal(chat, sender, received)).rejects.toThrow(DecodeError)
  await refused(bob.identity, bytes)
  await refused({ ...alice.identity, deviceId: bob.identity.deviceId }, bytes)
  for (const at of [0, 8, 20, 291]) await refused(alice.identity, bytes.with(at, bytes[at]! ^ 1))
  for (const length of [0, 7, 291]) await refused(alice.identity, bytes.slice(0, length))
  await refused(alice.identity, new Uint8Array([...bytes, 0]))
  const elsewhere = { ...bob.chat.group, chatId: randomId(ChatId) }
  await refused(alice.identity, bytes, { ...bob.chat, group: elsewhere })
  const place = { accountId: bob.identity.accountId, chatId: bob.chat.chatId }
  await expect(openOwnMark(new Uint8Array(32), place, bytes)).rejects.toThrow(DecodeError)
})

test('a member cannot speak for another, though both have the key', async () => {
  const { alice, bob } = await createPair()
  const forged = await sealSignal(bob.chat.group, bob.device, alice.identity, signal)
  await expect(openSignal(bob.chat, alice.identity, forged)).rejects.toThrow('not signed')
})

test('a signal of an epoch that is past is opened by its key, while that is kept', async () => {
  const { alice, bob } = await createPair()
  const bytes = await sealed(alice)
  const epoch = view(bob.chat.group).epoch
  const later = { ...bob.chat, group: withEpoch(bob.chat.group, epoch + 1n) }
  expect(await openSignal(later, alice.identity, bytes)).toEqual(signal)
  await expect(openSignal({ ...later, epochs: [] }, alice.identity, bytes)).rejects.toThrow('not kept')
})

test('of the last four epochs the keys are kept, and of no other', () => {
  const signalKey = new Uint8Array(32).fill(1)
  const epochs = [1n, 2n, 3n, 4n, 5n, 6n].map((epoch) =>
    createMessage(EpochSecretSchema, { epoch, signalKey }),
  )
  const kept = withoutOldSignalKeys(epochs)
  expect(kept.map(({ epoch, signalKey: key }) => [epoch, key.length])).toEqual([
    [1n, 0],
    [2n, 0],
    [3n, 32],
    [4n, 32],
    [5n, 32],
    [6n, 32],
  ])
})

/** The group as if a commit had passed. */
function withEpoch(group: Group, epoch: bigint): Group {
  const { engine } = group
  return { ...group, engine: { ...engine, groupContext: { ...engine.groupContext, epoch } } }
}
