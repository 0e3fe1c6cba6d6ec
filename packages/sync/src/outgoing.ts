/** What a chat has to send, as the RPC takes it. */
import { create } from '@bufbuild/protobuf'
import { encodeChatState, loadPending, stateOf } from '@veche/mls'
import { ChatId } from '@veche/protocol'
import {
  type AppendRequest,
  AppendRequestSchema,
  type CreateChatRequest,
  CreateChatRequestSchema,
  type CreateGroupRequest,
  CreateGroupRequestSchema,
  type Handshake,
  HandshakeSchema,
  type ResetChatRequest,
  ResetChatRequestSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { isGroup, type LocalChat, nextItem, type PendingCommit } from './local-chat.ts'

export type Outgoing =
  | { readonly kind: 'message'; readonly request: AppendRequest }
  | { readonly kind: 'commit'; readonly request: AppendRequest }
  /** The first commit of a chat. */
  | { readonly kind: 'create'; readonly request: CreateChatRequest }
  | { readonly kind: 'create-group'; readonly request: CreateGroupRequest }
  | { readonly kind: 'reset'; readonly request: ResetChatRequest }

/** A pending commit goes before messages; undefined when nothing is ready to be sent. */
export function toOutgoing(chat: LocalChat): Outgoing | undefined {
  const chatId = ChatId.toBytes(chat.chatId)
  const { pending } = chat
  if (pending) {
    const message = { chatId, messageId: pending.messageId }
    const handshake = toHandshake(pending)
    if (pending.beginning) {
      const { kept: head, position } = pending.beginning
      const chatState = encodeChatState(stateOf(loadPending(pending.saved).next))
      const request = create(ResetChatRequestSchema, { ...message, head, position, chatState, handshake })
      return { kind: 'reset', request }
    }
    if (pending.creates && isGroup(chat)) {
      const chatState = encodeChatState(stateOf(chat.group))
      const request = create(CreateGroupRequestSchema, { ...message, chatState, handshake })
      return { kind: 'create-group', request }
    }
    if (pending.creates) {
      return { kind: 'create', request: create(CreateChatRequestSchema, { ...message, handshake }) }
    }
    const entry = { case: 'handshake', value: handshake } as const
    return { kind: 'commit', request: create(AppendRequestSchema, { ...message, entry }) }
  }
  const item = nextItem(chat)
  if (!item?.sealed) return undefined
  const entry = { case: 'application', value: item.sealed } as const
  return {
    kind: 'message',
    request: create(AppendRequestSchema, { chatId, messageId: item.messageId, entry }),
  }
}

export function toHandshake({
  saved,
  profile,
  wrappedProfileKey,
  joinOffer,
  admissions = [],
}: Omit<PendingCommit, '$typeName' | 'admissions'> & Partial<Pick<PendingCommit, 'admissions'>>): Handshake {
  const { commit, welcome } = loadPending(saved)
  const profileCiphertext = profile?.ciphertext ?? new Uint8Array()
  return create(HandshakeSchema, {
    commit,
    profileCiphertext,
    wrappedProfileKey,
    admissions,
    ...(welcome && { welcome }),
    ...(joinOffer && {
      joinInfoCiphertext: joinOffer.joinInfoCiphertext,
      groupInfos: joinOffer.groupInfos,
      inviteTerms: joinOffer.inviteTerms,
      ...(joinOffer.publication && { publication: joinOffer.publication }),
    }),
  })
}
