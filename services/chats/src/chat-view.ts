/** Chats and entries as the contract shows them. */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { type AccountId, ChatId } from '@veche/protocol'
import type { Account } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import {
  type ChatSchema,
  ChatType,
  type Entry,
  EntryKind,
  EntrySchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatSealing } from './append/payload.ts'
import type { ChatRow } from './database/chats.ts'
import type { EntryRow } from './database/device-log.ts'
import { type PersonInit, personOf } from './people.ts'

export type Accounts = ReadonlyMap<AccountId, Account>

export function chatView(
  chat: ChatRow,
  account: AccountId,
  accounts: Accounts,
): MessageInitShape<typeof ChatSchema> {
  const peer = peerView(chat, account, accounts)
  const { type, head, epoch, kept, unkeptBy, keptRevision, blockedBy, incarnation } = chat
  const isPrivate = type === ChatType.PRIVATE
  return {
    chatId: ChatId.toBytes(chat.chatId),
    type,
    head,
    epoch,
    kept,
    ownKept: isPrivate && !unkeptBy.includes(account),
    peerKept: isPrivate && !unkeptBy.some((other) => other !== account),
    keptRevision,
    incarnation,
    blocked: blockedBy.includes(account), // the other's is not told
    ...(peer && { peer }),
  }
}

/** The other person of a private chat; undefined where there is none, or who is no longer here. */
export function peerView(chat: ChatRow, account: AccountId, accounts: Accounts): PersonInit | undefined {
  const peer = chat.accounts.find((other) => other !== account)
  const found = peer && accounts.get(peer)
  return found && personOf(found)
}

/** @throws DecodeError where the row is not what was sealed */
export function entryView(row: EntryRow, sealing: ChatSealing): Entry {
  if (row.kind === EntryKind.REMOVED) {
    const { position, kind, entryHash } = row
    return create(EntrySchema, { position, kind, entryHash })
  }
  const { position, kind, accountId, deviceId, messageId, epoch, receivedAtMs } = row
  const { mlsMessage, contentCiphertext, wrappedKey } = sealing.openPayload(position, row.payload)
  return create(EntrySchema, {
    position,
    kind,
    accountId,
    deviceId,
    messageId,
    epoch,
    receivedAtMs,
    mlsMessage,
    contentCiphertext,
    wrappedKey,
  })
}
