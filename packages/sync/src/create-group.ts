/**
 * Creating a group (M13). The group with its pending first commit, an update of the one device in it, is stored before
 * anything is sent; whoever dies then sends the same bytes again.
 */
import { create as createMessage } from '@bufbuild/protobuf'
import { commit, create, type Device, type DeviceIdentity, POLICY_VERSION } from '@veche/mls'
import { AccountId, ChatId, EMPTY_LOG_HASH, MessageId, randomId } from '@veche/protocol'
import {
  ChatKind,
  type ChatState,
  ChatStateSchema,
  RightsSchema,
  Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { type GroupProfile, PendingCommitSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import type { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
import { hashOfProfile, sealProfile, type Titles, wrapProfileKey } from './group-profile.ts'
import { Standing, UNTOUCHED } from './local-chat.ts'
import type { OnStep } from './steps.ts'

export interface GroupCreator {
  readonly chats: Chats
  readonly device: Device
  readonly identity: Pick<DeviceIdentity, 'accountId'>
  readonly onStep: OnStep
}

/** Stores the group with its first commit; it is not sent yet. @param announce only admins write there */
export async function prepareGroup(
  { chats, device, identity, onStep }: GroupCreator,
  titles: Titles,
  { announce }: { readonly announce: boolean },
): Promise<Chat> {
  const chatId = randomId(ChatId)
  const profile = await sealProfile(chatId, titles)
  const group = await create(device, { chatId, state: firstState(identity.accountId, profile, announce) })
  const { saved, next } = await commit(group, device, {})
  const pending = createMessage(PendingCommitSchema, {
    messageId: MessageId.toBytes(randomId(MessageId)),
    saved,
    creates: true,
    profile,
    wrappedProfileKey: await wrapProfileKey(next, profile),
  })
  onStep('create: chat')
  return chats.put({
    chatId,
    group,
    profile,
    position: 0n,
    logHashes: [EMPTY_LOG_HASH],
    epochs: [],
    outbox: [],
    pending,
    updateDue: false,
    standing: Standing.CREATING,
    ...UNTOUCHED,
  })
}

/** Whoever makes it is its owner. Members write; admins say who is in and what it is called. */
function firstState(owner: AccountId, profile: GroupProfile, announce: boolean): ChatState {
  return createMessage(ChatStateSchema, {
    policyVersion: POLICY_VERSION,
    kind: ChatKind.GROUP,
    members: [{ accountId: AccountId.toBytes(owner), role: Role.OWNER }],
    rights: createMessage(RightsSchema, {
      write: announce ? Role.ADMIN : Role.MEMBER,
      invite: Role.ADMIN,
      add: Role.ADMIN,
      remove: Role.ADMIN,
      rename: Role.ADMIN,
      keepHistory: Role.OWNER,
      joinerRole: Role.MEMBER,
    }),
    profileHash: hashOfProfile(profile),
  })
}
