/** Whoever runs the server, with a device of their own, and what they can try with all that passes through it. */
import { create } from '@bufbuild/protobuf'
import {
  commit,
  createDevice,
  create as createGroup,
  type Device,
  encrypt,
  type Group,
  join,
  joinExternal,
  newInvite,
  newKeyPackage,
  POLICY_VERSION,
  receive,
  verifyCertificate,
} from '@veche/mls'
import { AccountId, type ChatId, type DeviceId, equalBytes, keyPairFromSeed, sign } from '@veche/protocol'
import { type Person, PersonSchema, type Welcome } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

const [write, role] = [Role.MEMBER, Role.OWNER]
const RIGHTS = {
  write,
  invite: role,
  add: role,
  remove: role,
  rename: role,
  keepHistory: role,
  joinerRole: write,
}

export class Operator {
  readonly device: Device
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  readonly accountKey: Uint8Array
  readonly #packages: { reference: Uint8Array; privatePart: Uint8Array }[] = []

  static async create(): Promise<Operator> {
    const seed = crypto.getRandomValues(new Uint8Array(32))
    const accountKey = (await keyPairFromSeed(seed)).publicKey
    const device = await createDevice((bytes) => sign(seed, bytes), accountKey)
    const identity = await verifyCertificate(device.certificate, device.signaturePublicKey)
    return new Operator(device, identity, accountKey)
  }

  private constructor(
    device: Device,
    { accountId, deviceId }: { accountId: AccountId; deviceId: DeviceId },
    accountKey: Uint8Array,
  ) {
    this.device = device
    this.accountId = accountId
    this.deviceId = deviceId
    this.accountKey = accountKey
  }

  /** As somebody of this handle. */
  person(handle: string): Person {
    const { accountKey } = this
    return create(PersonSchema, {
      accountId: AccountId.toBytes(this.accountId),
      accountKey,
      handle,
      displayName: handle,
    })
  }

  async keyPackage(): Promise<Uint8Array> {
    const { keyPackage, ...kept } = await newKeyPackage(this.device, { nowMs: Date.now() })
    this.#packages.push(kept)
    return keyPackage
  }

  /** A group of the operator's own that claims to be this chat, between the operator and another account. */
  async groupLike(chatId: ChatId, other: AccountId): Promise<Group> {
    const members = [this.accountId, other].map((accountId) => ({
      accountId: AccountId.toBytes(accountId),
      role: Role.MEMBER,
    }))
    const state = { policyVersion: POLICY_VERSION, kind: ChatKind.PRIVATE, members }
    return createGroup(this.device, { chatId, state: create(ChatStateSchema, state) })
  }

  /** A Welcome for this key package into a group of the operator's own that claims to be this chat. */
  async welcome(
    { chatId, other, kind }: { chatId: ChatId; other: AccountId; kind: ChatKind },
    keyPackage: Uint8Array,
  ): Promise<Uint8Array> {
    const members = [this.accountId, other].map((accountId) => ({
      accountId: AccountId.toBytes(accountId),
      role: kind === ChatKind.GROUP ? Role.OWNER : Role.MEMBER,
    }))
    const rights = kind === ChatKind.GROUP ? { rights: RIGHTS } : {}
    const state = create(ChatStateSchema, { policyVersion: POLICY_VERSION, kind, members, ...rights })
    const group = await createGroup(this.device, { chatId, state })
    return (await commit(group, this.device, { add: [keyPackage] })).welcome!
  }

  /** A commit of such a group. */
  async commit(group: Group): Promise<Uint8Array> {
    return (await commit(group, this.device, {})).commit
  }

  /**
   * An external commit of this epoch into a group of the operator's own that claims to be this chat, and that a link of this
   * id leads into it: all that the operator knows of a link.
   */
  async uninvited(chatId: ChatId, epoch: bigint, id: Uint8Array): Promise<Uint8Array> {
    const seed = crypto.getRandomValues(new Uint8Array(32))
    const members = [{ accountId: AccountId.toBytes(this.accountId), role: Role.OWNER }]
    const invites = [{ ...(await newInvite(seed)), id }]
    const state = { policyVersion: POLICY_VERSION, kind: ChatKind.GROUP, members, rights: RIGHTS, invites }
    let made = await commit(
      await createGroup(this.device, { chatId, state: create(ChatStateSchema, state) }),
      this.device,
      {},
    )
    while (made.epoch < epoch) made = await commit(made.next, this.device, {})
    const { device } = await Operator.create()
    return (await joinExternal(device, made.groupInfo, { id, seed })).commit
  }

  randomId(): Uint8Array {
    return crypto.getRandomValues(new Uint8Array(16))
  }

  async message(group: Group): Promise<Uint8Array> {
    return (await encrypt(group, this.device, new Uint8Array(64), new Uint8Array())).message
  }

  /** The group that a Welcome leads the operator into; undefined for all that are for others. */
  async enter({ welcome }: Pick<Welcome, 'welcome'>): Promise<Group | undefined> {
    const privatePartOf = (wanted: Uint8Array) =>
      this.#packages.find(({ reference }) => equalBytes(reference, wanted))?.privatePart
    return join(this.device, welcome, privatePartOf).then(
      ({ group }) => group,
      () => undefined,
    )
  }

  /** Whether the operator can read the message with this group. */
  async reads(group: Group, mlsMessage: Uint8Array): Promise<boolean> {
    return (await receive(group, mlsMessage)).kind === 'application'
  }
}
