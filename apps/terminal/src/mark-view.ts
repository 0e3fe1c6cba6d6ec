/** What stands beside the messages of a chat, as programs get it. */
import type { ChatSettings, ClientEvent, Person } from '@veche/client'
import type { Fields } from './output.ts'

type MarkEvent = Extract<ClientEvent, { readonly type: 'marks' | 'delivered' | 'read' | 'typing' }>

/** `from` is who it comes from; of one's own marks whom the chat is with, null in a group. */
export function markEventFields(event: MarkEvent): Fields {
  const { type, chat } = event
  switch (event.type) {
    case 'marks': {
      const { unread, mentioned, with: peer, name } = event
      const title = peer ? { from: peer.handle } : { from: null, name }
      return { type, chat, ...title, unread, mentioned, ...settingFields(event) }
    }
    case 'delivered':
      return { type, chat, from: event.with?.handle ?? null, seq: Number(event.seq) }
    case 'read':
      return { type, chat, ...senderFields(event.by), seq: Number(event.seq) }
    case 'typing':
      return { type, chat, ...senderFields(event.by), typing: event.typing }
    default:
      return event satisfies never
  }
}

/** Whether a chat is muted, until when where that ends, and whether it stands first. */
export function settingFields({ muted, mutedUntil, pinned }: ChatSettings): Fields {
  const until = mutedUntil === undefined ? null : new Date(mutedUntil).toISOString()
  return { muted, mutedUntil: until, pinned }
}

function senderFields({ handle, name, account }: Person): Fields {
  return { from: handle, name, account }
}
