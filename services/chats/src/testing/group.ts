/** A group as its members hold it, with the real MLS engine: each keeps up with every commit that is stored. */
import { hash, randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import {
  type CommitIntent,
  commit,
  create as createMlsGroup,
  type Group,
  isByRequest,
  join,
  joinExternal,
  type NewKeyPackage,
  newInvite,
  newKeyPackage,
  type PendingCommit,
  POLICY_VERSION,
  receive,
  requestJoin,
  stateOf,
  view,
} from '@veche/mls'
import { encodeChatState } from '@veche/mls/wire'
import { AccountId, ChatId, randomId } from '@veche/protocol'
import { AdmissionSchema, type Handshake, HandshakeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, type ChatState, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { message, type Person } from './person.ts'
import type { ChatsClient } from './test-service.ts'

export interface GroupCommit {
  readonly handshake: Handshake
  readonly next: Group
  /** After it, for who joins by a link. */
  readonly groupInfo: Uint8Array
  /** Of who is added, by the Welcome. */
  readonly joined: (person: Person, welcome?: Uint8Array) => Promise<Group>
}

/** Roles of people, by person. */
export type Roles = readonly (readonly [Person, Role])[]

export function groupState(profile: Uint8Array, ...members: Roles): ChatState {
  return create(ChatStateSchema, {
    policyVersion: POLICY_VERSION,
    kind: ChatKind.GROUP,
    members: members
      .map(([{ accountId }, role]) => ({ accountId: AccountId.toBytes(accountId), role }))
      .sort((a, b) => Buffer.compare(a.accountId, b.accountId)),
    rights: {
      write: Role.MEMBER,
      invite: Role.ADMIN,
      add: Role.ADMIN,
      remove: Role.ADMIN,
      rename: Role.ADMIN,
      keepHistory: Role.OWNER,
      joinerRole: Role.MEMBER,
    },
    profileHash: hash('sha256', profile, 'buffer'),
  })
}

/** The state with other roles; `undefined` takes a person out. */
export function withRoles(state: ChatState, ...roles: readonly (readonly [Person, Role | undefined])[]) {
  const changed = new Map(roles.map(([{ accountId }, role]) => [accountId, role]))
  const others = state.members.filter(({ accountId }) => !changed.has(AccountId.fromBytes(accountId)))
  const added = roles.flatMap(([{ accountId }, role]) =>
    role === undefined ? [] : [{ accountId: AccountId.toBytes(accountId), role }],
  )
  const members = [...others.map(({ accountId, role }) => ({ accountId, role })), ...added]
  const { $typeName, $unknown, members: _, ...rest } = state
  return create(ChatStateSchema, {
    ...rest,
    members: members.sort((a, b) => Buffer.compare(a.accountId, b.accountId)),
  })
}

export class TestGroup {
  readonly chatId = randomId(ChatId)
  readonly id = ChatId.toBytes(this.chatId)
  readonly creator: Person
  profile: Uint8Array = randomBytes(300)
  /** Of the people's devices. */
  nowMs: () => number = Date.now
  /** After the last commit. */
  groupInfo: Uint8Array = new Uint8Array()
  readonly #groups = new Map<Person, Group>()
  readonly #as: (person: Person) => ChatsClient

  constructor(as: (person: Person) => ChatsClient, creator: Person) {
    this.#as = as
    this.creator = creator
  }

  of(person: Person): Group {
    const group = this.#groups.get(person)
    if (!group) throw new Error(`${person.handle} is not in the group`)
    return group
  }

  leavesOf({ accountId }: Person): number[] {
    return view(this.of(this.creator))
      .members.filter((member) => member.accountId === accountId)
      .map(({ leaf }) => leaf)
  }

  get state(): ChatState {
    return this.of(this.creator).state
  }

  /** What the creator asks of the server, and what comes of it. */
  async first(others: readonly Person[] = [], state = groupState(this.profile, [this.creator, Role.OWNER])) {
    const { creator, chatId } = this
    const group = await createMlsGroup(creator.device, { chatId, state })
    const made = await this.#commit(group, creator, others, {})
    const chatState = encodeChatState(state)
    return {
      ...made,
      request: { chatId: this.id, messageId: randomBytes(16), chatState, handshake: made.handshake },
    }
  }

  async create(...others: Person[]): Promise<this> {
    const { request, next, joined } = await this.first(others)
    await this.#as(this.creator).createGroup(request)
    this.#groups.set(this.creator, next)
    for (const other of others) this.#groups.set(other, await joined(other))
    return this
  }

  /** A member's commit, which nobody has yet. */
  commit(person: Person, add: readonly Person[], intent: CommitIntent): Promise<GroupCommit> {
    return this.#commit(this.of(person), person, add, intent)
  }

  /** A commit of one who takes all rights, whoever has them: no member follows it. */
  forge(person: Person, add: readonly Person[], intent: CommitIntent): Promise<GroupCommit> {
    return this.#commit(this.#asOwner(person), person, add, intent)
  }

  /** Whatever the person's own program says to it. */
  async forgeMessage(person: Person, messageId: Uint8Array = randomBytes(16)) {
    const { application, group } = await message(person, this.#asOwner(person))
    this.#groups.set(person, { ...group, state: this.of(person).state })
    const entry = { case: 'application', value: application } as const
    return this.#as(person).append({ chatId: this.id, messageId, entry })
  }

  append(person: Person, handshake: Handshake, messageId: Uint8Array = randomBytes(16)) {
    const entry = { case: 'handshake', value: handshake } as const
    return this.#as(person).append({ chatId: this.id, messageId, entry })
  }

  /** A commit that is stored, and that all members follow. */
  async change(person: Person, add: readonly Person[], intent: CommitIntent): Promise<bigint> {
    const made = await this.commit(person, add, intent)
    const { position } = await this.append(person, made.handshake)
    await this.took(person, made)
    for (const added of add) this.#groups.set(added, await made.joined(added))
    return position
  }

  /** Everybody follows a commit that was stored. */
  async took(committer: Person, { handshake, next, groupInfo }: GroupCommit): Promise<void> {
    this.groupInfo = groupInfo
    for (const [person, group] of this.#groups) {
      if (person === committer) this.#groups.set(person, next)
      else {
        const received = await receive(group, handshake.commit)
        if (received.kind === 'commit') this.#groups.set(person, received.group)
        else this.#groups.delete(person)
      }
    }
  }

  /** What the holder of a link makes of it. */
  async joinBy(
    person: Person,
    seed: Uint8Array,
    groupInfo = this.groupInfo,
  ): Promise<Pick<GroupCommit, 'handshake' | 'next' | 'groupInfo'>> {
    const { id } = await newInvite(seed)
    const pending = await joinExternal(person.device, groupInfo, { id, seed })
    return { handshake: this.#handshakeOf(pending), next: pending.next, groupInfo: pending.groupInfo }
  }

  sendJoin(person: Person, handshake: Handshake, messageId: Uint8Array = randomBytes(16)) {
    return this.#as(person).joinGroup({ chatId: this.id, messageId, handshake })
  }

  /** Somebody comes by a link, and all members follow. */
  async join(person: Person, seed: Uint8Array) {
    const made = await this.joinBy(person, seed)
    const answer = await this.sendJoin(person, made.handshake)
    const joined = async () => made.next
    await this.took(person, { ...made, joined })
    this.#groups.set(person, made.next)
    return answer
  }

  /** What the holder of a link that demands it asks by. */
  async asking(person: Person, seed: Uint8Array): Promise<{ joinRequest: Uint8Array; made: NewKeyPackage }> {
    const made = await newKeyPackage(person.device, { nowMs: this.nowMs() })
    return { joinRequest: await requestJoin(this.chatId, seed, made.keyPackage), made }
  }

  /** Sends it. */
  async ask(person: Person, seed: Uint8Array) {
    const { joinRequest, made } = await this.asking(person, seed)
    return { ...(await this.#as(person).requestJoin({ chatId: this.id, joinRequest })), joinRequest, made }
  }

  /** A member's commit that lets in who asked by a link, which nobody has yet. */
  async letIn(
    member: Person,
    asker: Person,
    { made, inviteId, role }: { made: NewKeyPackage; inviteId: Uint8Array; role: Role },
  ): Promise<GroupCommit> {
    const state = withRoles(this.state, [asker, role])
    const commit = await this.commit(member, [], { add: [made.keyPackage], state })
    const accountId = AccountId.toBytes(asker.accountId)
    commit.handshake.admissions = [
      create(AdmissionSchema, { accountId, inviteId, proof: Uint8Array.from(randomBytes(32)) }),
    ]
    return commit
  }

  /** Asks for each, and adds them. */
  async add(person: Person, role: Role, ...people: Person[]): Promise<bigint> {
    for (const { handle } of people) await this.#as(person).requestMember({ chatId: this.id, handle })
    const state = withRoles(this.state, ...people.map((added) => [added, role] as const))
    return this.change(person, people, { state })
  }

  async write(person: Person, messageId: Uint8Array = randomBytes(16)) {
    const { application, group } = await message(person, this.of(person))
    this.#groups.set(person, group)
    const entry = { case: 'application', value: application } as const
    return this.#as(person).append({ chatId: this.id, messageId, entry })
  }

  #asOwner(person: Person): Group {
    const group = this.of(person)
    const others = [...this.#groups.keys()].map((other) => [other, Role.READER] as const)
    return { ...group, state: withRoles(group.state, ...others, [person, Role.OWNER]) }
  }

  async #commit(
    group: Group,
    person: Person,
    add: readonly Person[],
    intent: CommitIntent,
  ): Promise<GroupCommit> {
    const packages = await Promise.all(add.map(({ device }) => newKeyPackage(device, { nowMs: Date.now() })))
    const added = packages.map(({ keyPackage }) => keyPackage)
    const pending = await commit(group, person.device, { ...intent, add: [...added, ...(intent.add ?? [])] })
    const handshake = this.#handshakeOf(pending)
    const joined = async (one: Person, welcome = handshake.welcome) => {
      const { privatePart } = packages[add.indexOf(one)]!
      return (await join(one.device, welcome, () => privatePart)).group
    }
    return { handshake, next: pending.next, groupInfo: pending.groupInfo, joined }
  }

  #handshakeOf({ commit, welcome = new Uint8Array(), next }: PendingCommit): Handshake {
    const { invites } = stateOf(next)
    const free = invites.filter((invite) => !isByRequest(invite))
    return create(HandshakeSchema, {
      commit,
      welcome,
      profileCiphertext: this.profile,
      wrappedProfileKey: randomBytes(60 + 32 * invites.length),
      joinInfoCiphertext: free.length > 0 ? randomBytes(1000) : new Uint8Array(),
      groupInfos: free.map(({ id, withHistory }) => ({
        inviteId: id,
        ciphertext: randomBytes(112),
        ...(withHistory && { historyPage: randomBytes(125) }),
      })),
    })
  }
}
