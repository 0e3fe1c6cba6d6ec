/**
 * Creating a private chat for which this device holds the right. The chat with its pending first commit is stored
 * before anything is sent; whoever dies then sends the same bytes again.
 */
import { create as createMessage } from '@bufbuild/protobuf'
import { commit, create, type Device, type DeviceIdentity, POLICY_VERSION } from '@veche/mls'
import { readKeyPackage } from '@veche/mls/wire'
import { AccountId, ChatId, DecodeError, EMPTY_LOG_HASH, MessageId, randomId } from '@veche/protocol'
import type { ClaimedKeyPackage } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { CreationRight, Person } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { PendingCommitSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import type { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
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
  const present = creator.chats.get(chatId)
  if (present && (present.state.standing !== Standing.CREATING || present.state.pending)) return present
  const peer = right.peer
  const peerId = accountOf(peer)
  const binding = await bindHandle(creator.store, peer!.handle, peerId)
  if (binding === 'changed') throw new RefusedError('changed_binding')
  creator.onStep('create: claim')
  const { keyPackages } = await creator.accounts.claimKeyPackages({ grant: right.grant })
  const packages = await checkPackages(keyPackages, peerId, creator.nowMs())
  const chat = await firstCommit(creator, chatId, peer!, peerId, packages)
  creator.onStep('create: chat')
  return creator.chats.put({ ...chat, outbox: present?.state.outbox ?? [] })
}

/** The server may hand out its own packages: each must be of the account that is asked for (attack A2). */
async function checkPackages(
  claimed: readonly ClaimedKeyPackage[],
  peerId: AccountId,
  nowMs: number,
): Promise<Uint8Array[]> {
  if (claimed.length === 0) throw new RefusedError('no_key_package')
  try {
    const devices = new Set<string>()
    for (const { keyPackage } of claimed) {
      const { identity, notBeforeMs, notAfterMs } = await readKeyPackage(keyPackage)
      if (identity.accountId !== peerId) throw new DecodeError('key package: of another account')
      if (nowMs < notBeforeMs || nowMs > notAfterMs) throw new DecodeError('key package: not its time')
      devices.add(identity.deviceId)
    }
    if (devices.size < claimed.length) throw new DecodeError('key packages: two of one device')
    return claimed.map(({ keyPackage }) => keyPackage)
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RefusedError('key_package_invalid', { cause })
    throw cause
  }
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
