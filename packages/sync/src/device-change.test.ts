import { create } from '@bufbuild/protobuf'
import { createDevice, type Device, revokeDevice, verifyCertificate, view } from '@veche/mls'
import { DeviceId, sign } from '@veche/protocol'
import { type ChatAccount, ChatAccountSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { describe, expect, test } from 'vitest'
import { planChange } from './device-change.ts'
import { createPair, newSide, type Side } from './testing/pair.ts'

const GRANT = Uint8Array.of(1)

type Owner = Pick<Side, 'person' | 'accountSeed'>

function accountOf(
  { person }: Owner,
  parts: { devices?: Device[]; revocations?: Uint8Array[] },
): ChatAccount {
  const devices = (parts.devices ?? []).map(({ certificate, signaturePublicKey }) => ({
    certificate,
    signatureKey: signaturePublicKey,
  }))
  return create(ChatAccountSchema, { person, devices, revocations: parts.revocations ?? [], grant: GRANT })
}

const signer =
  ({ accountSeed }: Owner) =>
  (bytes: Uint8Array) =>
    sign(accountSeed, bytes)
const newDevice = (owner: Owner) => createDevice(signer(owner), owner.person.accountKey)
const revocationOf = (owner: Owner, deviceId: DeviceId) =>
  revokeDevice(signer(owner), owner.person.accountKey, deviceId)
const idOf = async ({ certificate, signaturePublicKey }: Device) =>
  (await verifyCertificate(certificate, signaturePublicKey)).deviceId

describe('what changes', () => {
  test('a certified device comes in, and one that its account revokes goes out', async () => {
    const { alice, bob } = await createPair()
    const device = await newDevice(alice)
    const revocation = await revocationOf(alice, alice.identity.deviceId)
    const account = accountOf(alice, { devices: [device], revocations: [revocation, revocation] })
    const { adds, removes } = await planChange(view(bob.chat.group), [account, accountOf(bob, {})])
    expect(adds).toEqual([
      { accountId: alice.identity.accountId, devices: new Set([await idOf(device)]), grant: GRANT },
    ])
    expect(removes).toEqual([{ leaf: 0, deviceId: alice.identity.deviceId, revocation }])
  })

  test('nothing, where all is as it should be', async () => {
    const { alice, bob } = await createPair()
    const accounts = [
      accountOf(alice, { devices: [alice.device] }),
      accountOf(bob, { devices: [bob.device] }),
    ]
    expect(await planChange(view(bob.chat.group), accounts)).toEqual({ adds: [], removes: [] })
  })

  test('a device does not put itself out', async () => {
    const { bob } = await createPair()
    const account = accountOf(bob, { revocations: [await revocationOf(bob, bob.identity.deviceId)] })
    expect((await planChange(view(bob.chat.group), [account])).removes).toEqual([])
  })
})

describe('A1 A3: what a server makes up is passed over', () => {
  test('a device that the account did not certify', async () => {
    const { alice, bob } = await createPair()
    const ghost = await createDevice((bytes) => sign(bob.accountSeed, bytes), alice.person.accountKey)
    const { adds } = await planChange(view(bob.chat.group), [accountOf(alice, { devices: [ghost] })])
    expect(adds).toEqual([])
  })

  test('an account that is not in the chat, with its own true device', async () => {
    const { bob } = await createPair()
    const mallory = await newSide('mallory')
    const { adds } = await planChange(view(bob.chat.group), [
      accountOf(mallory, { devices: [mallory.device] }),
    ])
    expect(adds).toEqual([])
  })

  test('a device of one account under the name of the other', async () => {
    const { alice, bob } = await createPair()
    const mallory = await newSide('mallory')
    const { adds } = await planChange(view(bob.chat.group), [accountOf(alice, { devices: [mallory.device] })])
    expect(adds).toEqual([])
  })

  test('a revocation by anybody but the account', async () => {
    const { alice, bob } = await createPair()
    const { person, accountSeed } = await newSide('mallory')
    const forged = [
      await revokeDevice(
        (bytes) => sign(accountSeed, bytes),
        alice.person.accountKey,
        alice.identity.deviceId,
      ),
      await revokeDevice((bytes) => sign(accountSeed, bytes), person.accountKey, alice.identity.deviceId),
      new Uint8Array(100),
    ]
    const { removes } = await planChange(view(bob.chat.group), [accountOf(alice, { revocations: forged })])
    expect(removes).toEqual([])
  })

  test('a device that the chat has put out for good', async () => {
    const { alice, bob } = await createPair()
    const device = await newDevice(alice)
    const present = view(bob.chat.group)
    const revokedDevices = [DeviceId.toBytes(await idOf(device))]
    const after = { ...present, state: { ...present.state, revokedDevices } }
    const account = accountOf(alice, { devices: [device] })
    expect((await planChange(present, [account])).adds).toHaveLength(1)
    expect((await planChange(after, [account])).adds).toEqual([])
  })
})
