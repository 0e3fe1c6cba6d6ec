/**
 * Entering a chat by a Welcome. In this order, so that a program that dies on the way does it again: the handle is
 * bound, the chat is stored, then the private part of the key package is erased, and what was asked by a link, then the inbox
 * position moves.
 */
import { type Group, JoinError, join, view } from '@veche/mls'
import { readWelcome } from '@veche/mls/wire'
import { AccountId, ChatId, DecodeError, equalBytes } from '@veche/protocol'
import type { Welcome } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { type AskingJoin, askingOf, ensureAdmitted } from './asking.ts'
import type { LogPlace } from './events.ts'
import { takeKeys } from './handed-keys.ts'
import { enterGroup, isEnteredAgain, staying } from './join-group.ts'
import { type JoinedSuccessor, joinSuccessor } from './join-successor.ts'
import { type Joiner, secretOf } from './joiner.ts'
import { beginningOf } from './leave.ts'
import { newArchive } from './local-archive.ts'
import { epochSecretOf, isGroup, isHalted, type LocalChat, Standing } from './local-chat.ts'
import { forgetReplacement } from './own-replacements.ts'
import { accountOf } from './person.ts'
import { bindHandle } from './pins.ts'
import { withWishes } from './wishes.ts'

export type JoinOutcome =
  /**
   * `lastResort`: the package must be replaced. `isUnreadable`: the profile of the group is not what it must be. `healed`:
   * the device could not go on in the chat before.
   */
  | {
      readonly kind: 'joined'
      readonly chatId: ChatId
      readonly lastResort: boolean
      readonly isUnreadable: boolean
      readonly healed: boolean
      /** The chat was begun anew, and people are told. */
      readonly begunAnew?: boolean
      readonly since: LogPlace
    }
  /** The device is in the chat already. */
  | { readonly kind: 'present' }
  /** `successor`: of the chat's group, which this device does not follow. */
  | { readonly kind: 'refused'; readonly detail: string; readonly successor?: boolean }

export async function joinChat(joiner: Joiner, welcome: Welcome): Promise<JoinOutcome> {
  try {
    const chat = joiner.chats.get(ChatId.fromBytes(welcome.chatId))
    const succeeded = chat && (await joinSuccessor(joiner, welcome, chat))
    if (succeeded) return succeeded.kind === 'joined' ? await usedUp(joiner, succeeded) : succeeded
    const present = chat?.state
    if (present && present.standing !== Standing.CREATING && !isEnteredAgain(present)) {
      await eraseUsed(joiner, readWelcome(welcome.welcome).references)
      await forgetAsking(joiner, askingOf(joiner.store.state, welcome.chatId))
      return { kind: 'present' }
    }
    return await enter(joiner, welcome, present)
  } catch (error) {
    if (!(error instanceof JoinError || error instanceof DecodeError)) throw error
    return { kind: 'refused', detail: error.message }
  }
}

/** What led into the successor of a chat's group leads nowhere else. */
async function usedUp(joiner: Joiner, { reference, ...joined }: JoinedSuccessor): Promise<JoinOutcome> {
  const lastResort = await eraseUsed(joiner, [reference])
  await forgetReplacement(joiner.store, joined.chatId)
  return { ...joined, lastResort, healed: false, begunAnew: true }
}

/**
 * @param before the chat that this device was about to create itself, whose outbox goes on in the one it joins; or the
 * one that it was in before
 */
async function enter(joiner: Joiner, welcome: Welcome, before: LocalChat | undefined): Promise<JoinOutcome> {
  const asked = askingOf(joiner.store.state, welcome.chatId)
  const { group, reference, handover } = await join(
    joiner.device,
    welcome.welcome,
    (wanted) => secretOf(joiner.store, wanted, asked)?.privatePart,
  )
  if (asked) ensureAdmitted(asked, welcome, reference)
  if (welcome.logHash.length !== 32) throw new DecodeError('welcome: no hash of the log')
  if (before?.standing === Standing.CREATING) ensureSamePair(before, group, welcome)
  const { isUnreadable = false, ...found } = isGroup({ group })
    ? await enterGroup(group, welcome, joiner.identity.accountId)
    : await enterPrivateChat(joiner, group, welcome)
  const stays = isEnteredAgain(before) ? staying(before, group, welcome) : undefined
  const beginning = beginningOf(joiner.store.state, view(group).chatId)
  await takeKeys(joiner.historyKeys, view(group).chatId, handover)
  joiner.onStep('join: chat')
  await joiner.chats.put({
    chatId: view(group).chatId,
    group,
    position: welcome.position,
    logHashes: [welcome.logHash],
    outbox: before?.outbox ?? [],
    updateDue: true,
    ...beginning,
    ...olderThan(beginning, group, welcome),
    ...stays,
    ...found,
    epochs: [...(stays?.epochs ?? []), await epochSecretOf(group)],
    ...(welcome.chat && { keeping: withWishes(beginning.keeping, welcome.chat) }),
  })
  joiner.onStep('join: stored')
  const lastResort = await eraseUsed(joiner, [reference])
  const { chatId } = view(group)
  await forgetReplacement(joiner.store, chatId)
  await forgetAsking(joiner, asked)
  const since = { position: welcome.position, logHash: welcome.logHash }
  return { kind: 'joined', chatId, lastResort, isUnreadable, since, healed: !!before && isHalted(before) }
}

/**
 * What waits in a chat that this device was about to create is for one person. Where two create their chat at once, it goes
 * on in that of the other; a group is made by one alone.
 * @throws DecodeError
 */
function ensureSamePair({ peer }: LocalChat, group: Group, welcome: Welcome): void {
  if (!peer || isGroup({ group }) || accountOf(welcome.peer) !== accountOf(peer))
    throw new DecodeError('welcome: into another chat than the one that is being created')
}

/** What stood in the chat before this device counts as shown, and is fetched where messages stay on this device. */
function olderThan(
  { read, unread, keeping }: Pick<LocalChat, 'read' | 'unread' | 'keeping'>,
  group: Group,
  { position, logHash }: Welcome,
): Pick<LocalChat, 'read' | 'archive'> {
  return {
    read: unread === 0 ? position : read,
    ...(keeping.device && { archive: newArchive(position, view(group).epoch, logHash) }),
  }
}

async function enterPrivateChat(
  { store, identity }: Joiner,
  group: Group,
  welcome: Welcome,
): Promise<Pick<LocalChat, 'peer' | 'standing'> & { readonly isUnreadable?: boolean }> {
  const peerId = ensurePrivateChat(group, welcome, identity.accountId)
  const binding = await bindHandle(store, welcome.peer!.handle, peerId)
  const standing = binding === 'changed' ? Standing.CHANGED_BINDING : Standing.OPEN
  return { peer: welcome.peer, standing }
}

/** The tree is asked who is in the chat, never the server (attack A1). */
function ensurePrivateChat(group: Group, { chatId, peer }: Welcome, own: AccountId): AccountId {
  const peerId = accountOf(peer)
  const { state, members } = view(group)
  if (!equalBytes(ChatId.toBytes(group.chatId), chatId)) throw new DecodeError('welcome: of another chat')
  if (state.kind !== ChatKind.PRIVATE) throw new DecodeError('welcome: not of a private chat')
  const accounts = new Set(state.members.map(({ accountId }) => AccountId.fromBytes(accountId)))
  const isPair = own !== peerId && accounts.has(own) && accounts.has(peerId)
  if (!isPair) throw new DecodeError('welcome: of a chat between others')
  if (!members.some(({ accountId }) => accountId === peerId))
    throw new DecodeError('welcome: without the peer')
  return peerId
}

/** @returns whether one of them was the last-resort package, which stays: others may have it too */
async function eraseUsed({ store, onStep }: Joiner, references: readonly Uint8Array[]): Promise<boolean> {
  const used = references
    .map((reference) => secretOf(store, reference))
    .filter((secret) => secret !== undefined)
  const oneTime = used.filter(({ lastResort }) => !lastResort)
  onStep('join: erase')
  if (oneTime.length > 0) {
    await store.erase(
      ...oneTime.map(({ reference }) => ({ case: 'keyPackageRemoved', value: reference }) as const),
    )
  }
  return oneTime.length < used.length
}

/** What was asked is answered; the account's other devices are brought in by this one. */
async function forgetAsking({ store, onStep }: Joiner, asked: AskingJoin | undefined): Promise<void> {
  if (!asked) return
  onStep('join: answered')
  const intent = { case: 'followDevices', value: asked.chatId } as const
  await store.erase({ case: 'joiningEnded', value: asked.chatId }, { case: 'intent', value: { intent } })
}
