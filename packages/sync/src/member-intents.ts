/**
 * What a device means to do for who is to come into a group: it asks them, and adds them once they have allowed it. Only
 * who was asked here is added: a server that tells of an answer to what nobody has asked brings nobody in (attack A1).
 */
import { ChatId, equalBytes } from '@veche/protocol'
import { type OutgoingRequest, RequestStatus } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Intent } from '@veche/protocol/gen/local/v1/device_pb.js'
import type { DeviceChangeInit, LocalDevice } from './local-device.ts'

export type MemberIntentInit = Pick<Intent, 'intent'>

export function askingOf(chatId: ChatId, handle: string): MemberIntentInit {
  return { intent: { case: 'askMember', value: named(chatId, handle) } }
}

export function addingOf(chatId: ChatId, handle: string): MemberIntentInit {
  return { intent: { case: 'addMember', value: named(chatId, handle) } }
}

/** What the device means to do after an answer: to add who has allowed it, and to wait no more for who has refused. */
export function afterAnswer(
  { intents }: Pick<LocalDevice, 'intents'>,
  { groupId, handle, status }: OutgoingRequest,
): DeviceChangeInit[] {
  const isAsked = intents.some(
    ({ intent }) =>
      intent.case === 'askMember' &&
      intent.value.handle === handle &&
      equalBytes(intent.value.chatId, groupId),
  )
  if (!isAsked) return []
  const chatId = ChatId.fromBytes(groupId)
  const asked = { case: 'intentDone', value: askingOf(chatId, handle) } as const
  if (status === RequestStatus.REFUSED) return [asked]
  return status === RequestStatus.CREATE ? [asked, { case: 'intent', value: addingOf(chatId, handle) }] : []
}

function named(chatId: ChatId, handle: string) {
  return { $typeName: 'veche.local.v1.MemberIntent', chatId: ChatId.toBytes(chatId), handle } as const
}
