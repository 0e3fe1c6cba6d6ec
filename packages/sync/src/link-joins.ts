/**
 * Joining groups by invite links (M13). The link's secret, and then the commit, are stored before anything is sent;
 * whoever dies sends the same bytes again. In this order, so that a program that dies on the way does it again: the commit
 * is accepted, the chat is stored, the secret is erased.
 *
 * Of several who join at once one wins the epoch; the others fetch the group as it is then, and try again.
 *
 * By a link "with history" the keys of the time before are stored first, too: the link may be taken back right after (M15).
 */
import { create } from '@bufbuild/protobuf'
import {
  type Group,
  JoinError,
  joinExternal,
  listedAccounts,
  loadPending,
  newInvite,
  stateOf,
  view,
} from '@veche/mls'
import { inviteIdOf } from '@veche/mls/wire'
import {
  AccountId,
  ChatId,
  DecodeError,
  DeviceId,
  equalBytes,
  MessageId,
  randomId,
  Turns,
} from '@veche/protocol'
import {
  EntryKind,
  EntrySchema,
  type JoinGroupResponse,
  RequestStatus,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type PendingCommit, PendingCommitSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { type Asking, type Joining, JoiningSchema } from '@veche/protocol/gen/local/v1/device_pb.js'
import { newAsking } from './asking.ts'
import { pause } from './backoff.ts'
import type { Chat, ChatContext } from './chat.ts'
import type { Chats } from './chats.ts'
import { CommitPace } from './commit-pace.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import { fetchInviteHistory } from './fetch-invite-history.ts'
import type { Follower } from './follow-devices.ts'
import { fitsGroup } from './group-profile.ts'
import type { HistoryKeyStore } from './history-key-store.ts'
import { isEnteredAgain, staying } from './join-group.ts'
import { openJoinOffer } from './join-offer.ts'
import { beginningOf } from './leave.ts'
import { newArchive } from './local-archive.ts'
import { epochSecretOf, Standing } from './local-chat.ts'
import { entryHash, nextLogHash } from './log-hash.ts'
import { toHandshake } from './outgoing.ts'
import { groupPartOf } from './own-commits.ts'
import { bringOwnDevices } from './own-devices.ts'
import { rulesOf } from './rules.ts'
import { pull } from './transmitter.ts'
import { withWishes } from './wishes.ts'

export interface LinkJoinsOptions extends Follower, Pick<ChatContext, 'device' | 'identity' | 'onEvent'> {
  readonly identity: ChatContext['identity']
  readonly chats: Chats
  /** From 0 to 1. */
  readonly random: () => number
  readonly historyKeys: HistoryKeyStore
  /** Of a chat something older can be read. */
  readonly onOlder: () => void
}

/** What a link holds. */
export interface LinkSecret {
  readonly chatId: ChatId
  /** 32 bytes. */
  readonly seed: Uint8Array
}

export type LinkJoined =
  | { readonly kind: 'joined'; readonly chatId: ChatId }
  /** The link demands to ask: a member lets this account in, or has refused it. */
  | {
      readonly kind: 'asked'
      readonly chatId: ChatId
      readonly status: 'pending' | 'refused'
      /** 16 bytes. */
      readonly requestId: Uint8Array
    }

export type LinkLooked =
  | { readonly kind: 'member' }
  /** The link demands to ask: what the group is, who holds it is not shown. */
  | { readonly kind: 'by-request' }
  | {
      readonly kind: 'group'
      /** Empty where the group's profile could not be read. */
      readonly name: string
      readonly description: string
      /** How many other accounts are in it. */
      readonly people: number
    }

/** The first, and five more. */
const MAX_ATTEMPTS = 6

export class LinkJoins {
  readonly #options: LinkJoinsOptions
  readonly #turns = new Turns()

  constructor(options: LinkJoinsOptions) {
    this.#options = options
  }

  /**
   * Resolves when this device is in the group, at once where it is already; or when it has asked to be let in.
   * @throws RefusedError `invite_unknown`, `invite_expired`, `invite_used_up`; `not_admitted`; `join_invalid` where the
   * server shows something else than the link's group; `still_in_group` after leaving it, until a member has taken this
   * device out; `busy` where others were always faster; UnreachableError, after which it comes to be later
   */
  join({ chatId, seed }: LinkSecret): Promise<LinkJoined> {
    return this.#turns.take(async () => {
      if (this.#isIn(chatId)) return { kind: 'joined', chatId }
      const before = this.#joiningOf(chatId)
      const { pending, asking } = before ?? {}
      const isSame = before !== undefined && equalBytes(before.seed, seed)
      await this.#keep({
        chatId: ChatId.toBytes(chatId),
        seed,
        ...(pending && { pending }),
        ...(asking && isSame && { asking }),
      })
      return this.#join(chatId)
    })
  }

  /**
   * Where a link leads, for who has not joined by it: nothing is stored, and nobody in the group is told.
   * @throws RefusedError as `join`, but for `still_in_group` and `busy`; UnreachableError
   */
  async look({ chatId, seed }: LinkSecret): Promise<LinkLooked> {
    if (this.#isIn(chatId)) return { kind: 'member' }
    try {
      const opened = await this.#open(chatId, seed)
      if (!opened) return { kind: 'by-request' }
      const { name = '', description = '' } = opened.profile.shown ?? {}
      const people = listedAccounts(rulesOf(opened.made.next)).length - 1 // as it is with this account in it
      return { kind: 'group', name, description, people }
    } catch (error) {
      if (error instanceof RefusedError) throw asJoiner(error)
      throw error
    }
  }

  /**
   * Takes back what this device, or another of the account, has asked.
   * @throws RefusedError `request_unknown`, also where the account was let in meanwhile; UnreachableError
   */
  withdraw(requestId: Uint8Array): Promise<'ended' | 'refused'> {
    return this.#turns.take(async () => {
      const { server, store, onStep } = this.#options
      onStep('join: withdraw')
      const { status } = await server.chats.withdrawJoin({ requestId })
      if (status !== RequestStatus.ENDED && status !== RequestStatus.REFUSED)
        throw new RefusedError('answer_invalid')
      onStep('join: withdrawn')
      const own = store.state.joinings.find(({ asking }) => asking && equalBytes(asking.requestId, requestId))
      if (own) await this.#forget(ChatId.fromBytes(own.chatId))
      return status === RequestStatus.ENDED ? 'ended' : 'refused'
    })
  }

  /** Goes on with what an earlier program left to be done. */
  async resume(): Promise<void> {
    for (const joining of this.#options.store.state.joinings) {
      if (joining.asking && joining.asking.requestId.length > 0) continue // until it is answered
      try {
        await this.#turns.take(() => this.#join(ChatId.fromBytes(joining.chatId)))
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
      }
    }
  }

  async #join(chatId: ChatId): Promise<LinkJoined> {
    const pace = new CommitPace(this.#options.random)
    let leaves = 0
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      await pause(pace.draw(), this.#options.signal)
      const begunMs = performance.now()
      const joining = this.#joiningOf(chatId)
      if (!joining) return { kind: 'joined', chatId }
      if (this.#isIn(chatId)) await this.#forget(chatId)
      if (this.#isIn(chatId)) return { kind: 'joined', chatId }
      try {
        const pending = joining.pending ?? (joining.asking ? undefined : await this.#prepare(joining))
        if (!pending) return await this.#ask(joining)
        leaves = view(loadPending(pending.saved).next).members.length
        const chat = await this.#enter(joining, pending, await this.#send(chatId, pending))
        await this.#forget(chatId)
        this.#options.onEvent({ kind: 'chat', chat: chatId })
        this.#options.onOlder()
        await this.#settleIn(chat)
        return { kind: 'joined', chatId }
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        if (await this.#isOver(joining, error)) throw asJoiner(error)
        pace.lost(performance.now() - begunMs, leaves)
      }
    }
    throw new RefusedError('busy')
  }

  /** What was made before, in an epoch that is over or by another link, is made anew. @returns whether it is in vain */
  async #isOver(joining: Joining, { reason }: RefusedError): Promise<boolean> {
    if (reason === 'epoch_conflict' || (joining.pending && FINAL_REASONS.has(reason))) {
      await this.#keep({ chatId: joining.chatId, seed: joining.seed })
      return false
    }
    if (FINAL_REASONS.has(reason)) await this.#forget(ChatId.fromBytes(joining.chatId))
    return true
  }

  /** @returns undefined where the link demands to ask. @throws RefusedError as the server says, `join_invalid` */
  async #prepare({ chatId, seed }: Joining): Promise<PendingCommit | undefined> {
    const id = ChatId.fromBytes(chatId)
    const opened = await this.#open(id, seed)
    if (!opened) return undefined
    const { inviteId, made, profile } = opened
    await this.#takeHistory(id, { inviteId, seed }, made.next)
    const pending = create(PendingCommitSchema, {
      messageId: MessageId.toBytes(randomId(MessageId)),
      saved: made.saved,
      ...(await groupPartOf(made, profile)),
    })
    await this.#keep({ chatId, seed, pending })
    return pending
  }

  /** The group as the server shows it to who holds the link; as `#prepare`. */
  async #open(chatId: ChatId, seed: Uint8Array) {
    const { server, device, onStep } = this.#options
    const { id: inviteId } = await newInvite(seed)
    onStep('join: fetch')
    const fetched = await server.chats.fetchInvite({ chatId: ChatId.toBytes(chatId), inviteId })
    if (fetched.byRequest) return undefined
    return understood(async () => {
      const { groupInfo, profile } = await openJoinOffer(chatId, { inviteId, seed }, fetched)
      const made = await joinExternal(device, groupInfo, { id: inviteId, seed })
      if (made.next.chatId !== chatId) throw new DecodeError('invite: into another chat')
      if (!fitsGroup(profile, made.next)) throw new DecodeError('invite: not the profile of its group')
      return { inviteId, made, profile }
    })
  }

  async #takeHistory(chatId: ChatId, link: { inviteId: Uint8Array; seed: Uint8Array }, next: Group) {
    if (!isWithHistory(next, link.inviteId)) return
    const { server, historyKeys, onStep } = this.#options
    onStep('join: fetch history')
    const keys = await fetchInviteHistory(server.chats, { chatId, ...link, epoch: view(next).epoch })
    onStep('join: keep history')
    if (keys.length > 0) await historyKeys.store({ case: 'given', value: { keys } })
  }

  /** What it asks by is stored before it is sent, as the only key by which an answer is understood. */
  async #ask(joining: Joining): Promise<LinkJoined> {
    const { server, device, onStep, nowMs } = this.#options
    const { chatId, seed } = joining
    const asking = joining.asking ?? (await newAsking(device, joining, nowMs()))
    await this.#keep({ chatId, seed, asking })
    onStep('join: ask')
    const answer = await server.chats.requestJoin({ chatId, joinRequest: asking.joinRequest })
    const asked = { kind: 'asked', chatId: ChatId.fromBytes(chatId), requestId: answer.requestId } as const
    if (answer.status === RequestStatus.PENDING && answer.requestId.length > 0) {
      await this.#keep({ chatId, seed, asking: { ...asking, requestId: answer.requestId } })
      return { ...asked, status: 'pending' }
    }
    // The Welcome is on its way: it is understood by what was asked before.
    if (answer.status === RequestStatus.OPEN && joining.asking)
      return { ...asked, requestId: asking.requestId, status: 'pending' }
    await this.#forget(asked.chatId)
    if (answer.status === RequestStatus.REFUSED) return { ...asked, status: 'refused' }
    throw new RefusedError(answer.status === RequestStatus.OPEN ? 'still_in_group' : 'join_invalid')
  }

  #send(chatId: ChatId, pending: PendingCommit): Promise<JoinGroupResponse> {
    const { server, onStep, signal } = this.#options
    onStep('join: send')
    const { messageId } = pending
    const request = { chatId: ChatId.toBytes(chatId), messageId, handshake: toHandshake(pending) }
    return server.chats.joinGroup(request, { signal })
  }

  /** What is read begins after the commit that brought this device in. */
  async #enter(
    { chatId: id, seed }: Joining,
    pending: PendingCommit,
    answer: JoinGroupResponse,
  ): Promise<Chat> {
    const { chats, store, onStep } = this.#options
    const chatId = ChatId.fromBytes(id)
    const { next: group } = loadPending(pending.saved)
    const before = chats.get(chatId)?.state
    const beginning = beginningOf(store.state, chatId)
    const logHash = await understood(async () => this.#hashAfter(pending, answer))
    const stays = await understood(async () =>
      isEnteredAgain(before) ? staying(before, group, answer) : undefined,
    )
    const isOlderRead = isWithHistory(group, inviteIdOf(seed)) && beginning.keeping.device
    const archive = newArchive(answer.position, view(group).epoch, logHash, { byLink: true })
    onStep('join: accepted')
    return chats.put({
      chatId,
      group,
      position: answer.position,
      logHashes: [logHash],
      outbox: [],
      updateDue: false,
      ...beginning,
      ...(isOlderRead && { archive, ...(beginning.unread === 0 && { read: answer.position }) }),
      ...stays,
      profile: pending.profile,
      standing: Standing.OPEN,
      epochs: [...(stays?.epochs ?? []), await epochSecretOf(group)],
      ...(answer.chat && { keeping: withWishes(beginning.keeping, answer.chat) }),
    })
  }

  /** hash(position) of the log: by this device's own bytes, on what the server says was before. */
  #hashAfter({ saved, messageId, profile, wrappedProfileKey }: PendingCommit, answer: JoinGroupResponse) {
    const { accountId, deviceId } = this.#options.identity
    const { position, previousLogHash } = answer
    if (previousLogHash.length !== 32) throw new DecodeError('join: no hash of the log')
    const entry = create(EntrySchema, {
      position,
      kind: EntryKind.COMMIT,
      accountId: AccountId.toBytes(accountId),
      deviceId: DeviceId.toBytes(deviceId),
      messageId,
      mlsMessage: loadPending(saved).commit,
      contentCiphertext: profile!.ciphertext,
      wrappedKey: wrappedProfileKey,
    })
    return nextLogHash(previousLogHash, entryHash(entry))
  }

  /** Who is there, what came since, and the account's other devices; what fails now the next session does. */
  async #settleIn(chat: Chat): Promise<void> {
    try {
      await bringOwnDevices(this.#options, chat)
      await pull({ ...this.#options, server: this.#options.server.chats }, chat)
    } catch (error) {
      if (!(error instanceof UnreachableError || error instanceof RefusedError)) throw error
    }
  }

  /** A device that was put out of a group may come again. */
  #isIn(chatId: ChatId): boolean {
    const chat = this.#options.chats.get(chatId)?.state
    return chat !== undefined && !isEnteredAgain(chat)
  }

  #joiningOf(chatId: ChatId): Joining | undefined {
    const id = ChatId.toBytes(chatId)
    return this.#options.store.state.joinings.find((joining) => equalBytes(joining.chatId, id))
  }

  async #keep(
    joining: Pick<Joining, 'chatId' | 'seed'> & { pending?: PendingCommit; asking?: Asking },
  ): Promise<void> {
    await this.#options.store.store({ case: 'joining', value: create(JoiningSchema, joining) })
  }

  async #forget(chatId: ChatId): Promise<void> {
    await this.#options.store.erase({ case: 'joiningEnded', value: ChatId.toBytes(chatId) })
  }
}

function isWithHistory(group: Group, inviteId: Uint8Array): boolean {
  return stateOf(group).invites.some(({ id, withHistory }) => withHistory && equalBytes(id, inviteId))
}

/** Another try would be refused as well. */
const FINAL_REASONS: ReadonlySet<string> = new Set([
  'invite_unknown',
  'invite_expired',
  'invite_used_up',
  'join_invalid',
  'join_request_invalid',
  'not_allowed',
  'commit_invalid',
  'entry_invalid',
])

const AS_JOINER: ReadonlyMap<string, string> = new Map([
  ['not_allowed', 'not_admitted'],
  ['join_request_invalid', 'join_invalid'],
])

/** To change something one must be allowed to; to join, not to be banned from a group that is not full. */
function asJoiner(error: RefusedError): RefusedError {
  const reason = AS_JOINER.get(error.reason)
  return reason === undefined ? error : new RefusedError(reason, { cause: error })
}

/** An answer that makes no sense is a refusal: nothing else ends by it. */
async function understood<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (!(cause instanceof DecodeError || cause instanceof JoinError)) throw cause
    const isPresent = cause instanceof JoinError && cause.reason === 'present'
    throw new RefusedError(isPresent ? 'still_in_group' : 'join_invalid', { cause })
  }
}
