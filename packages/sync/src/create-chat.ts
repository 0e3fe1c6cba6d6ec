/**
 * Creating a private chat for which this device holds the right. The chat with its pending first commit is stored
 * before anything is sent; whoever dies then sends the same bytes again.
 */
import { create as createMessage } from '@bufbuild/protobuf'
import { commit, create, type Device, type DeviceIdentity, POLICY_VERSION } from '@veche/mls'
import { AccountId, ChatId, DecodeError, EMPTY_LOG_HASH, MessageId, randomId } from '@veche/protocol'
import type { CreationRight, Person } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { PendingCommitSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import type { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
import { checkPackages } from './claimed-packages.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError } from './errors.ts'
import { type LocalChat, Standing, UNTOUCHED } from './local-chat.ts'
import { accountOf } from './person.ts'
import { bindHandle } from './pins.ts'
import type { AccountsClient } from './server.ts'
import type { OnStep } from './steps.ts'

export interface Creator {
  readonly chats: Chats
  readonly store: DeviceStore
  readonly accounts: Pick<AccountsClient, 'claimKeyPackages'>
  readonly device: Device
  readonly identity: Pick<DeviceIdentity, 'accountId'>
  readonly nowMs: () => number
  readonly onStep: OnStep
}

/**
 * Stores the chat with its first commit; it is not sent yet.
 * @throws RefusedError `no_key_package`, `changed_binding`, `key_package_invalid`, or as the server says
 */
export async function prepareChat(creator: Creator, right: CreationRight): Promise<Chat> {
  const chatId = ChatId.fromBytes(right.chatId)
  const peer = right.peer
  const peerId = accountOf(peer)
  const present = creator.chats.get(chatId)
  if (present) ensurePeer(present, peerId)
  if (present && (present.state.standing !== Standing.CREATING || present.state.pending)) return present
  const binding = await bindHandle(creator.store, peer!.handle, peerId)
  if (binding === 'changed') throw new RefusedError('changed_binding')
  creator.onStep('create: claim')
  const { keyPackages } = await creator.accounts.claimKeyPackages({ grant: right.grant })
  const packages = await checkPackages(keyPackages, peerId, creator.nowMs())
  const add = packages.map(({ keyPackage }) => keyPackage)
  const chat = await firstCommit(creator, chatId, peer!, peerId, add)
  creator.onStep('create: chat')
  return creator.chats.put({ ...chat, outbox: present?.state.outbox ?? [] })
}

/** What was written there is for one person (A2). @throws DecodeError */
function ensurePeer({ state: { peer } }: Chat, peerId: AccountId): void {
  if (!peer || accountOf(peer) !== peerId) throw new DecodeError('right: to a chat with another')
}

async function firstCommit(
  { device, identity }: Creator,
  chatId: ChatId,
  peer: Person,
  peerId: AccountId,
  packages: readonly Uint8Array[],
): Promise<LocalChat> {
  const members = [identity.accountId, peerId].map((accountId) => ({
    accountId: AccountId.toBytes(accountId),
    role: Role.MEMBER,
  }))
  const state = createMessage(ChatStateSchema, {
    policyVersion: POLICY_VERSION,
    kind: ChatKind.PRIVATE,
    members,
  })
  const group = await create(device, { chatId, state })
  const { saved } = await commit(group, device, { add: packages })
  const messageId = MessageId.toBytes(randomId(MessageId))
  return {
    chatId,
    peer,
    group,
    position: 0n,
    logHashes: [EMPTY_LOG_HASH],
    epochs: [],
    outbox: [],
    pending: createMessage(PendingCommitSchema, { messageId, saved, creates: true }),
    updateDue: false,
    standing: Standing.CREATING,
    ...UNTOUCHED,
  }
}
