/**
 * What a person does with groups, each until the server has the commit that does it. One at a time: two commits of one
 * device for one epoch would only get in each other's way.
 */
import { inviteMemberKey, listedRole, newInvite, PolicyError, rankOf, requestLeave, view } from '@veche/mls'
import { ChatId, DecodeError, type MessageId, Turns } from '@veche/protocol'
import {
  type LiveInvite,
  type RequestMemberResponse,
  RequestStatus,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { pause } from './backoff.ts'
import type { Chat } from './chat.ts'
import { checkPackages } from './claimed-packages.ts'
import { CommitPace } from './commit-pace.ts'
import type { Creator } from './create-chat.ts'
import { prepareGroup } from './create-group.ts'
import { RefusedError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import { hashOfProfile, isGroupName, sealProfile, type Titles } from './group-profile.ts'
import {
  type Terms,
  type Wish,
  withInvite,
  withNewMember,
  withOpenInvite,
  withProfile,
} from './group-wishes.ts'
import type { HistoryKeyStore } from './history-key-store.ts'
import { Standing } from './local-chat.ts'
import { addingOf, askingOf, type MemberIntentInit } from './member-intents.ts'
import { bringOwnDevices } from './own-devices.ts'
import { accountCalled } from './person.ts'
import { bindHandle } from './pins.ts'
import type { Receipts } from './receipts.ts'
import { rulesOf } from './rules.ts'
import type { Server } from './server.ts'
import { pull, transmit } from './transmitter.ts'

export interface GroupActsOptions extends Omit<Creator, 'accounts'> {
  readonly server: Server
  readonly receipts: Receipts
  readonly historyKeys: Pick<HistoryKeyStore, 'allOf'>
  readonly onEvent: (event: SyncEvent) => void
  readonly signal: AbortSignal
  /** From 0 to 1. */
  readonly random: () => number
}

export interface AddOutcome {
  readonly status: 'added' | 'pending' | 'refused' | 'member'
  /** 16 bytes. */
  readonly requestId?: Uint8Array
}

/** The first, and five more. */
const MAX_ATTEMPTS = 6
/** As many as a group's state holds. */
const MAX_INVITES = 64

export class GroupActs {
  readonly #options: GroupActsOptions
  readonly #turns = new Turns()

  constructor(options: GroupActsOptions) {
    this.#options = options
  }

  /** Makes a group with this account alone in it. @throws UnreachableError, after which it comes to be later; RefusedError */
  create(titles: Titles, { announce }: { readonly announce: boolean }): Promise<ChatId> {
    return this.#turns.take(async () => {
      const { chats, onEvent } = this.#options
      const chat = await prepareGroup(this.#options, titles, { announce })
      const { chatId, pending } = chat.state
      const messageId = chat.expect(pending!)
      await transmit(this.#line, chat)
      if (chat.state.standing === Standing.CREATING) {
        await chats.remove(chatId)
        isInForce(chat, messageId)
        throw new RefusedError('chat_exists')
      }
      onEvent({ kind: 'chat', chat: chatId })
      await bringOwnDevices(this.#options, chat)
      return chatId
    })
  }

  /** Brings about a wish. @throws as the options of `client.groups` say */
  commit(chat: Chat, wish: Wish): Promise<void> {
    return this.#turns.take(() => this.#commit(chat, wish))
  }

  /** Only what is given changes. @throws RefusedError `name_unknown` where this device could not read the name that stays */
  rename(chat: Chat, titles: Partial<Titles>): Promise<void> {
    return this.#turns.take(async () => {
      const { name = '', description = '' } = chat.state.profile?.shown ?? {}
      const wished = { name, description, ...titles }
      if (!isGroupName(wished.name)) throw new RefusedError('name_unknown')
      const profile = await sealProfile(chat.state.chatId, wished)
      if (name === profile.shown!.name && description === profile.shown!.description) return
      await this.#commit(chat, withProfile(profile, hashOfProfile(profile), wished))
    })
  }

  /**
   * Lets everybody on the server find the group and join it, with its name and description, which the server sees then.
   * @throws RefusedError `name_unknown` where this device could not read its name; `too_many_invites`
   */
  open(chat: Chat): Promise<void> {
    return this.#turns.take(async () => {
      await this.#catchUp(chat)
      const titles = chat.state.profile?.shown
      if (!titles) throw new RefusedError('name_unknown')
      const { invites } = rulesOf(chat.state.group)
      if (invites.length >= MAX_INVITES) throw new RefusedError('too_many_invites')
      const seed = crypto.getRandomValues(new Uint8Array(32))
      await this.#commit(chat, withOpenInvite(await newInvite(seed), seed, titles))
    })
  }

  /**
   * Lets people join by a link with this seed; links that nobody can join by any more are taken back on the way.
   * @param terms `withHistory`: who joins by it reads what this device can, also of the time before it came (M15)
   * @returns the invite's id
   */
  invite(
    chat: Chat,
    seed: Uint8Array,
    { withHistory = false, ...terms }: Terms & { readonly withHistory?: boolean },
  ): Promise<Uint8Array> {
    return this.#turns.take(async () => {
      const { server, historyKeys } = this.#options
      const invite = { ...(await newInvite(seed)), withHistory }
      const { invites } = await server.chats.listInvites({ chatId: ChatId.toBytes(chat.state.chatId) })
      const dead = invites.filter((one) => !isUsable(one, this.#options.nowMs()))
      if (invites.length - dead.length >= MAX_INVITES) throw new RefusedError('too_many_invites')
      const ids = dead.map(({ inviteId }) => inviteId)
      const older = historyKeys.allOf(chat.state.chatId)
      await this.#commit(chat, withInvite(invite, inviteMemberKey(seed), terms, ids, older))
      return invite.id
    })
  }

  /** Adds the owner of a handle, or asks them. */
  add(chat: Chat, handle: string): Promise<AddOutcome> {
    return this.#turns.take(() => this.#add(chat, handle))
  }

  /** Goes on with what an answer or an earlier program left to be done. */
  async resume(): Promise<void> {
    for (const { intent } of this.#options.store.state.intents) {
      if (intent.case !== 'addMember' && intent.case !== 'askMember') continue
      const chat = this.#options.chats.get(ChatId.fromBytes(intent.value.chatId))
      const isOpen = chat?.state.standing === Standing.OPEN
      try {
        if (isOpen && intent.case === 'addMember') await this.add(chat, intent.value.handle)
        else if (!isOpen && chat?.state.standing !== Standing.CREATING) await this.#forget({ intent })
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        if (FINAL_REASONS.has(error.reason)) await this.#forget({ intent })
      }
    }
  }

  /** The server hands the signed wish to the others; nothing is written or read here from then on. */
  leave(chat: Chat): Promise<void> {
    return this.#turns.take(async () => {
      const { server, device, onEvent, identity } = this.#options
      await this.#catchUp(chat)
      const { chatId, groupId, epoch } = view(chat.state.group)
      const leaveRequest = await requestLeave(device, groupId, epoch)
      await server.chats.leaveGroup({ chatId: ChatId.toBytes(chatId), leaveRequest })
      await chat.setStanding(Standing.REMOVED)
      onEvent({ kind: 'group', chat: chatId, change: { change: 'left', by: identity.accountId } })
    })
  }

  /** That they are asked is written down before, so that an answer to what was never asked is known as such (A1). */
  async #add(chat: Chat, handle: string): Promise<AddOutcome> {
    const { server, store } = this.#options
    const { chatId } = chat.state
    const [asked, adding] = [askingOf(chatId, handle), addingOf(chatId, handle)]
    await store.store({ case: 'intent', value: asked })
    let answer: RequestMemberResponse
    try {
      answer = await server.chats.requestMember({ chatId: ChatId.toBytes(chatId), handle })
    } catch (error) {
      if (error instanceof RefusedError) await this.#forget(asked)
      throw error
    }
    const { status, requestId } = answer
    if (status !== RequestStatus.CREATE) {
      await this.#forget(...(STATUSES[status] === 'pending' ? [adding] : [adding, asked]))
      return { status: STATUSES[status], requestId }
    }
    await store.store({ case: 'intentDone', value: asked }, { case: 'intent', value: adding })
    const outcome = await this.#bring(chat, handle, answer)
    await this.#forget(adding)
    return { status: outcome, requestId }
  }

  /** @throws RefusedError `changed_binding`, `answer_invalid` before anybody is added (A2) */
  async #bring(
    chat: Chat,
    handle: string,
    { person, grant }: Pick<RequestMemberResponse, 'person' | 'grant'>,
  ): Promise<'added' | 'member'> {
    const { server, store, nowMs, onStep, identity } = this.#options
    const account = understood(() => accountCalled(handle, person))
    if ((await bindHandle(store, person!.handle, account)) === 'changed')
      throw new RefusedError('changed_binding')
    await this.#catchUp(chat)
    const state = rulesOf(chat.state.group)
    if (listedRole(state, account) !== undefined) return 'member'
    onStep('add: claim')
    const { keyPackages } = await server.accounts.claimKeyPackages({ grant })
    const packages = await checkPackages(keyPackages, account, nowMs())
    const role = Math.min(Role.MEMBER, rankOf(state, identity.accountId))
    const add = packages.map(({ keyPackage }) => keyPackage)
    await chat.learnPeople([person!])
    await this.#commit(chat, withNewMember(account, role, add))
    return 'added'
  }

  async #commit(chat: Chat, wish: Wish): Promise<void> {
    const pace = new CommitPace(this.#options.random)
    for (let attempts = 0; attempts < MAX_ATTEMPTS; ) {
      const begunMs = performance.now()
      await this.#catchUp(chat)
      const present = view(chat.state.group)
      const intent = wish({ ...present, state: rulesOf(chat.state.group) })
      if (!intent) return
      const messageId = await allowed(() => chat.commit(present.epoch, intent))
      if (messageId) attempts++
      await transmit(this.#line, chat)
      if (messageId && isInForce(chat, messageId)) return
      pace.lost(performance.now() - begunMs, present.members.length)
      if (attempts < MAX_ATTEMPTS) await this.#waitForTurn(chat, pace)
    }
    throw new RefusedError('busy')
  }

  /** Commits of others that the stream brings in the meantime are rivals less: the wait is drawn anew. */
  async #waitForTurn(chat: Chat, pace: CommitPace): Promise<void> {
    const { signal } = this.#options
    let { epoch } = view(chat.state.group)
    let sinceMs = performance.now()
    let endMs = sinceMs + pace.draw()
    while (!signal.aborted && chat.state.standing === Standing.OPEN) {
      const leftMs = endMs - performance.now()
      if (leftMs <= 0) return
      await pause(Math.min(pace.lookMs, leftMs), signal)
      const present = view(chat.state.group).epoch
      if (present === epoch) continue
      const nowMs = performance.now()
      pace.seen(Number(present - epoch), nowMs - sinceMs)
      ;[epoch, sinceMs, endMs] = [present, nowMs, nowMs + pace.draw()]
    }
  }

  /** Takes in what others have committed. @throws RefusedError `chat_closed` */
  catchUp(chat: Chat): Promise<void> {
    return this.#turns.take(() => this.#catchUp(chat))
  }

  /** Only the log can tell whether this device's state is an old one (A19), and who has committed meanwhile. */
  async #catchUp(chat: Chat): Promise<void> {
    if (chat.state.standing === Standing.CREATING) await transmit(this.#line, chat)
    else if (chat.state.standing === Standing.OPEN) await pull(this.#line, chat)
    if (chat.state.standing !== Standing.OPEN) throw new RefusedError('chat_closed')
  }

  get #line() {
    return { ...this.#options, server: this.#options.server.chats }
  }

  async #forget(...intents: readonly MemberIntentInit[]): Promise<void> {
    const { store } = this.#options
    if (store.state.intents.length === 0) return
    await store.store(...intents.map((value) => ({ case: 'intentDone', value }) as const))
  }
}

/** Whether anybody can still join by it. */
export function isUsable({ expiresAtMs, uses, maxUses }: LiveInvite, nowMs: number): boolean {
  return expiresAtMs > nowMs && uses < maxUses
}

const STATUSES = {
  [RequestStatus.UNSPECIFIED]: 'pending',
  [RequestStatus.PENDING]: 'pending',
  [RequestStatus.REFUSED]: 'refused',
  [RequestStatus.ENDED]: 'refused',
  [RequestStatus.OPEN]: 'member',
} as const

/** Another try would be refused as well. */
const FINAL_REASONS: ReadonlySet<string> = new Set([
  'not_allowed',
  'chat_unknown',
  'chat_closed',
  'handle_invalid',
])

/** @throws RefusedError where the server refused it */
function isInForce(chat: Chat, messageId: MessageId): boolean {
  const fate = chat.fateOf(messageId)
  if (typeof fate === 'object') throw new RefusedError(fate.refused)
  return fate === 'in-force'
}

/** A commit that no member would accept is the caller's to hear of. */
async function allowed<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof PolicyError) throw new RefusedError('not_allowed', { cause })
    throw cause
  }
}

/** An answer that makes no sense is a refusal: nothing else ends by it. */
function understood<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RefusedError('answer_invalid', { cause })
    throw cause
  }
}
