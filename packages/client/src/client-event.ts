import type { GroupChange, LocalChat, SyncEvent } from '@veche/sync'
import { nameOfGroup, personIn, toKept, toShownEntry } from './chat-views.ts'
import { deviceName } from './devices.ts'
import { toSettings } from './mark-views.ts'
import type { Member } from './member.ts'
import { type Person, toPerson } from './person.ts'
import { toRoleName } from './roles.ts'
import { type ChatTitle, type ClientEvent, type GroupChangeView, toIncoming, toOutgoing } from './views.ts'

/** What the engine tells, as an application sees it; undefined for what is not shown. */
export function toClientEvent(
  event: SyncEvent,
  { own, delivery, store, nowMs }: Pick<Member, 'own' | 'delivery' | 'store' | 'nowMs'>,
): ClientEvent | undefined {
  switch (event.kind) {
    case 'message': {
      const shown = toShownEntry(event.entry, delivery.chats.get(event.chat)!.state, own)
      return shown && { type: 'message', ...shown }
    }
    case 'chat':
      return { type: 'chat', chat: event.chat, ...titleOf(delivery.chats.get(event.chat)!.state) }
    case 'group':
      return toGroupEvent(delivery.chats.get(event.chat)!.state, event.change, own)
    case 'request':
      return { type: 'request', ...toIncoming(event.request, store.state) }
    case 'answer':
      return { type: 'request', ...toOutgoing(event.answer) }
    case 'keeping':
      return toKeepingEvent(delivery.chats.get(event.chat)!.state)
    case 'archive':
      return { type: 'archive', chat: event.chat }
    case 'marks':
      return toMarksEvent(delivery.chats.get(event.chat)!.state, event.isHere, nowMs())
    case 'read':
    case 'typing': {
      const chat = delivery.chats.get(event.chat)!.state
      const common = { chat: event.chat, ...titleOf(chat), by: personIn(chat, event.by, own) }
      if (event.kind === 'read') return { type: 'read', ...common, seq: event.position }
      return { type: 'typing', ...common, typing: event.isTyping }
    }
    case 'delivered': {
      const { chat, position } = event
      return { type: 'delivered', chat, ...titleOf(delivery.chats.get(chat)!.state), seq: position }
    }
    case 'notice': {
      const { kind, chat, position, detail, by } = event.notice
      const known = chat && by && delivery.chats.get(chat)
      const place = { ...(chat && { chat }), ...(position !== undefined && { seq: position }) }
      return {
        type: 'notice',
        notice: kind,
        ...place,
        ...(known && { by: personIn(known.state, by, own) }),
        ...(detail !== undefined && { detail }),
      }
    }
    case 'own-device': {
      const { change, device } = event
      return { type: 'device', change, device, name: deviceName(store.state, device) }
    }
    case 'connection':
      return { type: 'connection', state: event.state }
    default:
      return event satisfies never
  }
}

function titleOf(chat: LocalChat): ChatTitle {
  return chat.peer ? { with: toPerson(chat.peer) } : { name: nameOfGroup(chat) }
}

function toKeepingEvent(chat: LocalChat): ClientEvent {
  return { type: 'keeping', chat: chat.chatId, kept: toKept(chat.keeping), ...titleOf(chat) }
}

function toMarksEvent(chat: LocalChat, here: boolean, nowMs: number): ClientEvent {
  const { unread, mentioned } = chat
  return {
    type: 'marks',
    chat: chat.chatId,
    ...titleOf(chat),
    unread,
    mentioned,
    ...toSettings(chat, nowMs),
    here,
  }
}

function toGroupEvent(
  chat: LocalChat,
  { change, who, by, how, role }: GroupChange,
  own: Person,
): ClientEvent {
  const shown: GroupChangeView = {
    change,
    ...(who && { who: personIn(chat, who, own) }),
    ...(by && { by: personIn(chat, by, own) }),
    ...(how && { how }),
    ...(role !== undefined && { role: toRoleName(role) }),
  }
  return { type: 'group', chat: chat.chatId, name: nameOfGroup(chat), ...shown }
}
