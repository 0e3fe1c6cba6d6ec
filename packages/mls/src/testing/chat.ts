/**
 * People, their devices, and a delivery service that is a list: enough to tell stories about chats in tests.
 */

import assert from 'node:assert/strict'
import { type MessageInitShape, create as message } from '@bufbuild/protobuf'
import {
  AccountId,
  ChatId,
  compareBytes,
  DeviceId,
  keyPairFromSeed,
  randomId,
  sign,
  utf8,
} from '@veche/protocol'
import {
  ChatKind,
  type ChatState,
  ChatStateSchema,
  MemberSchema,
  Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import * as mls from '../index.ts'

type ChatStateInit = Exclude<MessageInitShape<typeof ChatStateSchema>, ChatState>

export interface Account {
  readonly accountId: AccountId
  readonly accountKey: Uint8Array
  readonly signAs: mls.AccountSigner
}

export async function newAccount(): Promise<Account> {
  const { privateKey, publicKey } = await keyPairFromSeed(crypto.getRandomValues(new Uint8Array(32)))
  const signAs = (bytes: Uint8Array) => sign(privateKey, bytes)
  const { certificate, signaturePublicKey } = await mls.createDevice(signAs, publicKey)
  const { accountId } = await mls.verifyCertificate(certificate, signaturePublicKey)
  return { accountId, accountKey: publicKey, signAs }
}

/** One device of an account, with the group as it holds it. */
export class Participant {
  readonly account: Account
  readonly device: mls.Device
  readonly deviceId: DeviceId
  readonly privateParts = new Map<string, Uint8Array>()
  group!: mls.Group

  constructor(account: Account, device: mls.Device, deviceId: DeviceId) {
    this.account = account
    this.device = device
    this.deviceId = deviceId
  }

  get view(): mls.GroupView {
    return mls.view(this.group)
  }

  get role(): Role {
    return mls.roleOf(this.view.state, this.account.accountId)
  }

  async newKeyPackage(): Promise<mls.NewKeyPackage> {
    const made = await mls.newKeyPackage(this.device, { nowMs: Date.now() })
    this.privateParts.set(made.reference.toString(), made.privatePart)
    return made
  }

  async join(welcome: Uint8Array): Promise<mls.Joined> {
    const joined = await mls.join(this.device, welcome, (ref) => this.privateParts.get(ref.toString()))
    this.privateParts.delete(joined.reference.toString())
    this.group = joined.group
    return joined
  }

  leavesOf(accountId: AccountId): number[] {
    return this.view.members.filter((member) => member.accountId === accountId).map(({ leaf }) => leaf)
  }
}

export async function newParticipant(account?: Account, deviceId = randomId(DeviceId)): Promise<Participant> {
  const owner = account ?? (await newAccount())
  return new Participant(owner, await mls.createDevice(owner.signAs, owner.accountKey, deviceId), deviceId)
}

export function privateState(...accounts: Account[]): ChatState {
  return stateOf(
    accounts.map((account) => [account, Role.MEMBER]),
    { kind: ChatKind.PRIVATE },
  )
}

/** A group where admins invite, remove and rename, and members add and write. */
export function groupState(members: [Account, Role][], rest: ChatStateInit = {}): ChatState {
  return stateOf(members, {
    kind: ChatKind.GROUP,
    rights: {
      write: Role.MEMBER,
      invite: Role.ADMIN,
      add: Role.MEMBER,
      remove: Role.ADMIN,
      rename: Role.ADMIN,
      keepHistory: Role.OWNER,
      joinerRole: Role.MEMBER,
    },
    ...rest,
  })
}

function stateOf(members: [Account, Role][], rest: ChatStateInit): ChatState {
  const list = members.map(([{ accountId }, role]) => ({ accountId: AccountId.toBytes(accountId), role }))
  list.sort((a, b) => compareBytes(a.accountId, b.accountId))
  return message(ChatStateSchema, { policyVersion: 1, members: list, ...rest })
}

/** The same state with something changed. */
export function changed(state: ChatState, change: Partial<ChatState>): ChatState {
  return { ...state, ...change }
}

export function withMember(
  state: ChatState,
  { accountId }: Pick<Account, 'accountId'>,
  role: Role,
): ChatState {
  const others = withoutMember(state, accountId).members
  return changed(state, {
    members: [...others, message(MemberSchema, { accountId: AccountId.toBytes(accountId), role })],
  })
}

export function withoutMember(state: ChatState, accountId: AccountId): ChatState {
  const id = AccountId.toBytes(accountId)
  return changed(state, {
    members: state.members.filter((member) => compareBytes(member.accountId, id) !== 0),
  })
}

/** Starts a chat with one participant in it and commits the rest. */
export async function startChat(
  state: ChatState,
  first: Participant,
  ...others: Participant[]
): Promise<void> {
  first.group = await mls.create(first.device, { chatId: randomId(ChatId), state })
  if (others.length > 0) await addAll(first, others)
}

/** Commits the addition of participants, and lets everybody know. */
export async function addAll(
  committer: Participant,
  newcomers: Participant[],
  intent: mls.CommitIntent = {},
  bystanders: Participant[] = [],
): Promise<mls.PendingCommit> {
  const packages = await Promise.all(newcomers.map((newcomer) => newcomer.newKeyPackage()))
  const pending = await commitAs(
    committer,
    { ...intent, add: packages.map(({ keyPackage }) => keyPackage) },
    bystanders,
  )
  for (const newcomer of newcomers) await newcomer.join(pending.welcome!)
  return pending
}

/** Commits, and hands the commit to the others, who must accept it. */
export async function commitAs(
  committer: Participant,
  intent: mls.CommitIntent,
  others: Participant[],
): Promise<mls.PendingCommit> {
  const pending = await mls.commit(committer.group, committer.device, intent)
  committer.group = pending.next
  for (const other of others) await mustAccept(other, pending.commit)
  return pending
}

export async function mustAccept(participant: Participant, commit: Uint8Array): Promise<mls.Received> {
  const received = await mls.receive(participant.group, commit)
  if (received.kind === 'commit') participant.group = received.group
  else assert.equal(received.kind, 'removed')
  return received
}

export async function say(sender: Participant, text: string): Promise<Uint8Array> {
  const encrypted = await mls.encrypt(sender.group, sender.device, utf8(text), new Uint8Array())
  sender.group = encrypted.group
  return encrypted.message
}

/** What a participant reads in a message; the group goes on. */
export async function hear(participant: Participant, sent: Uint8Array): Promise<string> {
  const received = await mls.receive(participant.group, sent)
  if (received.kind !== 'application') {
    return `${received.kind}${received.kind === 'refused' ? `: ${received.reason}` : ''}`
  }
  participant.group = received.group
  return new TextDecoder().decode(received.plaintext)
}

export async function everyoneCanReadEveryone(...participants: Participant[]): Promise<void> {
  for (const sender of participants) {
    const sent = await say(sender, 'hello')
    for (const other of participants) {
      if (other !== sender) assert.equal(await hear(other, sent), 'hello')
    }
  }
}

export function everyoneAgrees(...participants: Participant[]): void {
  const [first, ...rest] = participants.map(({ view: { ownLeaf, ...shared } }) => shared)
  for (const other of rest) assert.deepEqual(other, first)
}
