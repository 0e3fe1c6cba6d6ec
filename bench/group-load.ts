/**
 * A group on the server whose members are bare devices. It grows by commits of ninety accounts: one account may ask a
 * hundred others at once, so each commit is by another admin, who came by the commit before.
 */
import { type ClientHttp2Session, connect } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { commit, create as createMlsGroup, type Group, join, newKeyPackage, stateOf, view } from '@veche/mls'
import { encodeChatState } from '@veche/mls/wire'
import { ChatId, randomId } from '@veche/protocol'
import { type Entry, SubscribeResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { groupState, withRoles } from '../services/chats/src/testing/group.ts'
import { message } from '../services/chats/src/testing/person.ts'
import { ageOf, append, newMessageId, subscribe } from './bare-calls.ts'
import { as, type Device, type Registrar } from './device.ts'
import type { GroupTask } from './load-task.ts'

const BATCH = 90
/** How many members write at a time, one message each. */
const WRITERS = 8
export const PROFILE = crypto.getRandomValues(new Uint8Array(300))
const PROFILE_KEY = crypto.getRandomValues(new Uint8Array(60))

interface Member {
  readonly device: Device
  readonly session: ClientHttp2Session
}

type Handshake = ReturnType<typeof handshakeOf>

export class GroupLoad {
  readonly #url: string
  readonly #registrar: Registrar
  readonly #chatId = randomId(ChatId)
  readonly #id = ChatId.toBytes(this.#chatId)
  readonly #members: Member[] = []
  #admin!: Device
  /** As the admin has it. */
  #group!: Group
  #prepared: { readonly handshake: Handshake; readonly next: Group } | undefined
  /** Who is added and removed again and again, and never listens. */
  #guest: Device | undefined
  #received: number[] = []

  constructor(url: string, registrar: Registrar) {
    this.#url = url
    this.#registrar = registrar
  }

  /** @returns how long each delivery took, or the commit */
  async perform(task: GroupTask): Promise<number[]> {
    this.#received = []
    switch (task.kind) {
      case 'group':
        await this.#make(task.members)
        return []
      case 'writeToGroup':
        await this.#write(task.messages)
        return this.#received
      case 'prepareCommit':
        await (task.change === 'add' ? this.#prepareAdd() : this.#prepareRemove())
        return []
      case 'commit':
        await this.#commit()
        return [Math.max(...this.#received)]
      default:
        return task satisfies never
    }
  }

  get chatId(): ChatId {
    return this.#chatId
  }

  /** Something that the admin does, with a new token; nobody has to follow. */
  async act(act: (admin: Device, group: Group) => Promise<Group>): Promise<void> {
    this.#admin = await this.#registrar.signIn(this.#admin.person)
    this.#group = await act(this.#admin, this.#group)
  }

  async #make(members: number): Promise<void> {
    const devices = await this.fill(members)
    for (const { person } of devices) {
      const device = await this.#registrar.signIn(person) // making a large group takes longer than a token lasts
      const session = connect(this.#url)
      await subscribe(session, device.token, (bytes) => this.#receive(bytes))
      this.#members.push({ device, session })
    }
    this.#admin = this.#members.find(({ device }) => device.person === this.#admin.person)!.device
  }

  /** Members of whom none listens. */
  async fill(members: number): Promise<readonly Device[]> {
    this.#admin = await this.#registrar.register()
    const devices = [this.#admin]
    await this.#create()
    while (devices.length < members) {
      const added = await this.#register(Math.min(BATCH, members - devices.length))
      await this.#addAll(added)
      devices.push(...added)
    }
    return devices
  }

  async #register(count: number): Promise<Device[]> {
    const devices: Device[] = []
    while (devices.length < count) devices.push(await this.#registrar.register())
    return devices
  }

  async #create(): Promise<void> {
    const { person, token } = this.#admin
    const state = groupState(PROFILE, [person, Role.OWNER])
    const group = await createMlsGroup(person.device, { chatId: this.#chatId, state })
    const pending = await commit(group, person.device, {})
    const request = { chatId: this.#id, messageId: newMessageId(), chatState: encodeChatState(state) }
    await this.#registrar.chats().createGroup({ ...request, handshake: handshakeOf(pending) }, as(token))
    this.#group = pending.next
  }

  /** The first of them is the admin from then on. */
  async #addAll(added: readonly Device[]): Promise<void> {
    const packages = await this.#ask(added)
    const roles = added.map(({ person }, index) => [person, index === 0 ? Role.ADMIN : Role.MEMBER] as const)
    const pending = await commit(this.#group, this.#admin.person.device, {
      state: withRoles(stateOf(this.#group), ...roles),
      add: packages.map(({ keyPackage }) => keyPackage),
    })
    const handshake = handshakeOf(pending)
    const entry = { case: 'handshake', value: handshake } as const
    await this.#registrar
      .chats()
      .append({ chatId: this.#id, messageId: newMessageId(), entry }, as(this.#admin.token))
    this.#admin = added[0]!
    const { device } = this.#admin.person
    this.#group = (await join(device, handshake.welcome, () => packages[0]!.privatePart)).group
  }

  /** By the admin, who may add them then. */
  async #ask(people: readonly Device[]) {
    for (const { person } of people) {
      const request = { chatId: this.#id, handle: person.handle }
      await this.#registrar.chats().requestMember(request, as(this.#admin.token))
    }
    const nowMs = Date.now()
    return Promise.all(people.map(({ person }) => newKeyPackage(person.device, { nowMs })))
  }

  async #write(messages: number): Promise<void> {
    const { application } = await message(this.#admin.person, this.#group)
    const entry = { case: 'application', value: application } as const
    let left = messages
    const writers = this.#members.slice(0, WRITERS).map(async ({ device, session }) => {
      while (left-- > 0) {
        await append(session, device.token, { chatId: this.#id, messageId: newMessageId(), entry })
      }
    })
    await Promise.all(writers)
    await this.#until(messages * this.#members.length)
  }

  async #prepareAdd(): Promise<void> {
    this.#guest ??= await this.#registrar.register()
    const [{ keyPackage }] = (await this.#ask([this.#guest])) as [Awaited<ReturnType<typeof newKeyPackage>>]
    const state = withRoles(stateOf(this.#group), [this.#guest.person, Role.MEMBER])
    await this.#prepare({ state, add: [keyPackage] })
  }

  async #prepareRemove(): Promise<void> {
    const { person } = this.#guest!
    const leaf = view(this.#group).members.find(({ accountId }) => accountId === person.accountId)!.leaf
    await this.#prepare({ state: withRoles(stateOf(this.#group), [person, undefined]), remove: [leaf] })
  }

  async #prepare(intent: Parameters<typeof commit>[2]): Promise<void> {
    const pending = await commit(this.#group, this.#admin.person.device, intent)
    this.#prepared = { handshake: handshakeOf(pending), next: pending.next }
  }

  async #commit(): Promise<void> {
    const { handshake, next } = this.#prepared!
    const { session, device } = this.#members.find(({ device }) => device === this.#admin)!
    const entry = { case: 'handshake', value: handshake } as const
    await append(session, device.token, { chatId: this.#id, messageId: newMessageId(), entry })
    this.#group = next
    await this.#until(this.#members.length)
  }

  #receive(bytes: Uint8Array): void {
    const { event } = fromBinary(SubscribeResponseSchema, bytes)
    if (event.case !== 'entries') return
    const now = performance.now()
    for (const { messageId } of event.value.entries as Entry[]) this.#received.push(ageOf(messageId, now))
  }

  async #until(deliveries: number): Promise<void> {
    while (this.#received.length < deliveries) await sleep(5)
  }
}

function handshakeOf({
  commit,
  welcome = new Uint8Array(),
}: Awaited<ReturnType<typeof import('@veche/mls').commit>>) {
  return { commit, welcome, profileCiphertext: PROFILE, wrappedProfileKey: PROFILE_KEY }
}
