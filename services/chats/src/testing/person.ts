/** A person with one device: a client's half of the contract, with the real MLS engine. */
import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import {
  commit,
  createDevice,
  create as createGroup,
  type Device,
  encrypt,
  type Group,
  join,
  newKeyPackage,
  POLICY_VERSION,
} from '@veche/mls'
import { AccountId, ChatId, DeviceId, decodeMessage, labelled } from '@veche/protocol'
import type { CreationRight, Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { HandshakeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { DeviceCertificateSchema } from '@veche/protocol/gen/e2ee/v1/certificate_pb.js'
import { ChatKind, type ChatState, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

export interface Person {
  readonly accountId: AccountId
  readonly accountKey: Uint8Array
  readonly sign: (bytes: Uint8Array) => Uint8Array
  readonly handle: string
  readonly displayName: string
  readonly device: Device
  readonly deviceId: DeviceId
}

export async function newPerson(handle: string): Promise<Person> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const accountKey = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  const signer = signerOf(privateKey)
  const device = await createDevice(signer, accountKey)
  return {
    accountId: AccountId.fromBytes(hash('sha256', labelled('veche account id v1', accountKey), 'buffer')),
    accountKey,
    sign: signer,
    handle,
    displayName: handle.toUpperCase(),
    device,
    deviceId: deviceIdOf(device),
  }
}

/** The same person with another device. */
export async function withNewDevice(person: Person): Promise<Person> {
  const device = await createDevice(person.sign, person.accountKey)
  return { ...person, device, deviceId: deviceIdOf(device) }
}

export function privateState(...people: readonly Person[]): ChatState {
  return create(ChatStateSchema, {
    policyVersion: POLICY_VERSION,
    kind: ChatKind.PRIVATE,
    members: people
      .map(({ accountId }) => ({ accountId: AccountId.toBytes(accountId), role: Role.MEMBER }))
      .sort((a, b) => Buffer.compare(a.accountId, b.accountId)),
  })
}

export interface FirstCommit {
  readonly handshake: Handshake
  /** The creator's group once the server has taken the commit. */
  readonly group: Group
  /** The other's, by the Welcome. */
  readonly join: (welcome: Uint8Array) => Promise<Group>
}

/** What who holds the right makes of it. */
export async function firstCommit(
  creator: Person,
  peer: Person,
  right: Pick<CreationRight, 'chatId'>,
  /** Of all the peer's devices, where it has several. */
  keyPackages?: readonly Uint8Array[],
): Promise<FirstCommit> {
  const chatId = ChatId.fromBytes(right.chatId)
  const { keyPackage, privatePart } = await newKeyPackage(peer.device, { nowMs: Date.now() })
  const group = await createGroup(creator.device, { chatId, state: privateState(creator, peer) })
  const pending = await commit(group, creator.device, { add: keyPackages ?? [keyPackage] })
  const handshake = create(HandshakeSchema, {
    commit: pending.commit,
    ...(pending.welcome && { welcome: pending.welcome }),
  })
  return {
    handshake,
    group: pending.next,
    join: async (welcome) => (await join(peer.device, welcome, () => privatePart)).group,
  }
}

/** An empty commit: new keys for its committer. */
export async function updateCommit(
  person: Person,
  group: Group,
): Promise<{ handshake: Handshake; next: Group }> {
  const pending = await commit(group, person.device, {})
  return { handshake: create(HandshakeSchema, { commit: pending.commit }), next: pending.next }
}

/** An application message as a client would send it, but for its content. */
export async function message(person: Person, group: Group) {
  const encrypted = await encrypt(group, person.device, randomBytes(100), new Uint8Array())
  return {
    group: encrypted.group,
    application: {
      mlsMessage: encrypted.message,
      contentCiphertext: Uint8Array.from(randomBytes(272)),
      wrappedKey: Uint8Array.from(randomBytes(60)),
    },
  }
}

function signerOf(privateKey: KeyObject): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => Uint8Array.from(sign(null, bytes, privateKey))
}

function deviceIdOf({ certificate }: Device): DeviceId {
  return DeviceId.fromBytes(decodeMessage(DeviceCertificateSchema, certificate, 1000).deviceId)
}
