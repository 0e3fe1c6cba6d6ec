/** What is asked of a group before this device enters it, and of what is entered again. */
import { create } from '@bufbuild/protobuf'
import { type Group, listedRole, view } from '@veche/mls'
import { type AccountId, ChatId, DecodeError, equalBytes } from '@veche/protocol'
import type { Welcome } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type OutboxItem, OutboxItemSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { readTravelled } from './group-profile.ts'
import { isGroup, isHalted, type LocalChat, Standing } from './local-chat.ts'
import { rulesOf } from './rules.ts'

/** The tree is asked who is in the group, never the server (attack A1). @throws DecodeError */
export async function enterGroup(group: Group, welcome: Welcome, own: AccountId) {
  if (!equalBytes(ChatId.toBytes(group.chatId), welcome.chatId))
    throw new DecodeError('welcome: of another chat')
  if (listedRole(rulesOf(group), own) === undefined) throw new DecodeError('welcome: of a group of others')
  const { profile, isUnreadable } = await readTravelled(group, welcome)
  return { profile, isUnreadable, standing: Standing.OPEN }
}

/** Whether a chat may be entered again by a Welcome: a group that this device is in no longer, or where it cannot go on. */
export function isEnteredAgain(chat: LocalChat | undefined): chat is LocalChat {
  if (chat === undefined) return false
  return isHalted(chat) || (chat.standing === Standing.REMOVED && isGroup(chat))
}

/**
 * What stays of a chat that is entered again: what was read, written and known. What waits is encrypted anew. A Welcome that
 * was used before would begin an epoch anew whose keys this device has used (attack A19).
 * @throws DecodeError for such a one
 */
export function staying(
  before: LocalChat,
  group: Group,
  { position }: Pick<Welcome, 'position'>,
): Pick<LocalChat, 'outbox' | 'epochs' | 'people' | 'forks'> {
  const { epoch } = view(group)
  if (position <= before.position || before.epochs.some((known) => known.epoch >= epoch)) {
    throw new DecodeError('welcome: to an epoch that is over')
  }
  const { outbox, epochs, people, forks } = before
  return { outbox: outbox.map(unsealed), epochs, people, forks }
}

/** It was encrypted by a leaf that is gone. */
function unsealed(item: OutboxItem): OutboxItem {
  const { messageId, content, position, refused } = item
  return create(OutboxItemSchema, { messageId, content, position, refused })
}
