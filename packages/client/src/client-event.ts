import type { LocalChat, SyncEvent } from '@veche/sync'
import type { Member } from './member.ts'
import { type ClientEvent, toIncoming, toKept, toOutgoing, toPerson, toShownEntry } from './views.ts'

/** What the engine tells, as an application sees it; undefined for what is not shown. */
export function toClientEvent(
  event: SyncEvent,
  { own, delivery, store }: Pick<Member, 'own' | 'delivery' | 'store'>,
): ClientEvent | undefined {
  switch (event.kind) {
    case 'message': {
      const shown = toShownEntry(event.entry, delivery.chats.get(event.chat)!.state, own)
      return shown && { type: 'message', ...shown }
    }
    case 'chat':
      return { type: 'chat', chat: event.chat, with: toPerson(delivery.chats.get(event.chat)!.state.peer) }
    case 'request':
      return { type: 'request', ...toIncoming(event.request, store.state) }
    case 'answer':
      return { type: 'request', ...toOutgoing(event.answer) }
    case 'keeping':
      return toKeepingEvent(delivery.chats.get(event.chat)!.state)
    case 'notice': {
      const { kind, chat, position, detail } = event.notice
      const place = { ...(chat && { chat }), ...(position !== undefined && { seq: position }) }
      return { type: 'notice', notice: kind, ...place, ...(detail !== undefined && { detail }) }
    }
    case 'connection':
      return { type: 'connection', state: event.state }
    default:
      return event satisfies never
  }
}

function toKeepingEvent({ chatId, peer, keeping }: LocalChat): ClientEvent {
  return { type: 'keeping', chat: chatId, with: toPerson(peer), kept: toKept(keeping) }
}
