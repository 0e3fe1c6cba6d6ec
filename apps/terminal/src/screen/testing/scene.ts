/** A screen without a terminal: what happens goes in, rows and effects come out. */
import type {
  GroupChat,
  GroupMember,
  PrivateChat,
  ReadyAccount,
  Request,
  RoleName,
  ShownMessage,
} from '@veche/client'
import { AccountId, ChatId, DeviceId, MessageId } from '@veche/protocol'
import type { Language } from '../../words/language.ts'
import type { GroupNews, GroupState } from '../group-state.ts'
import type { Key, KeyName } from '../keys.ts'
import { lineText, lineWidth, type Size, type Span } from '../line.ts'
import { type Happening, happen, openTalk } from '../talk.ts'
import type { ChatItem, Effect, Talk } from '../talk-state.ts'
import { talkFrame } from '../talk-view.ts'

/** 20 November 2026, 12:00 local. */
export const noon = new Date(2026, 10, 20, 12, 0).getTime()
const minuteMs = 60_000

export const own: ReadyAccount = {
  kind: 'ready',
  account: AccountId.fromBytes(new Uint8Array(32).fill(1)),
  handle: 'vera',
  name: 'Vera',
  device: DeviceId.fromBytes(new Uint8Array(16).fill(1)),
  server: 'https://veche.example',
  administrator: false,
}

export class Scene {
  talk: Talk
  /** All that was to be done since it was last looked at. */
  effects: Effect[] = []

  constructor(size: Size = { columns: 80, rows: 24 }, language: Language = 'en') {
    this.talk = openTalk({ size, language, nowMs: noon, account: own })
  }

  take(happening: Happening): this {
    const { talk, effects } = happen(this.talk, happening)
    this.talk = talk
    this.effects.push(...effects)
    return this
  }

  press(...names: readonly KeyName[]): this {
    for (const name of names) this.take({ kind: 'key', key: { kind: 'key', name } })
    return this
  }

  type(text: string): this {
    return this.key({ kind: 'text', text })
  }

  key(key: Key): this {
    return this.take({ kind: 'key', key })
  }

  /** The chats with these people, the first on top, and what each has written. */
  chats(...items: readonly ChatItem[]): this {
    return this.take({ kind: 'chats', chats: items })
  }

  /** Gives the conversation that is shown its newest page. */
  page(messages: readonly ShownMessage[]): this {
    const chat = this.talk.conversation!.chat
    return this.take({ kind: 'page', chat, which: { kind: 'newest' }, messages })
  }

  /** The effects so far, once. */
  done(): Effect[] {
    return this.effects.splice(0)
  }

  rows(): string[] {
    return talkFrame(this.talk).rows.map(lineText)
  }

  text(): string {
    return this.rows().join('\n')
  }

  spans(): Span[] {
    return talkFrame(this.talk).rows.flat()
  }

  /** How wide each row is. */
  widths(): number[] {
    return talkFrame(this.talk).rows.map(lineWidth)
  }

  get cursor() {
    return talkFrame(this.talk).cursor
  }
}

export function peer(number: number, name = `Peer ${number}`) {
  return {
    account: AccountId.fromBytes(new Uint8Array(32).fill(100 + number)),
    handle: `peer${number}`,
    name,
  }
}

export function chatId(number: number): ChatItem['chat'] {
  return ChatId.fromBytes(new Uint8Array(16).fill(number))
}

export function chatWith(number: number, more: Partial<PrivateChat & { verified: boolean }> = {}): ChatItem {
  return {
    type: 'private',
    chat: chatId(number),
    with: peer(number),
    state: 'open',
    position: 0n,
    waiting: 0,
    notSent: 0,
    unread: 0,
    mentioned: 0,
    muted: false,
    pinned: false,
    read: 0n,
    kept: { device: true, server: true, ownServer: true, peerServer: true },
    binding: 'bound',
    verified: false,
    ...more,
  }
}

/** One that the reader is a member of. */
export function groupWith(number: number, more: Partial<GroupChat> = {}): ChatItem {
  const { with: _with, binding: _binding, ...common } = chatWith(number) as PrivateChat & ChatItem
  return {
    ...common,
    type: 'group',
    name: `Group ${number}`,
    description: '',
    role: 'member',
    people: 3,
    open: false,
    canWrite: true,
    verified: false,
    ...more,
  }
}

/** The reader with a role, an owner, and further people; rights as in a new group. */
export function groupState(
  number: number,
  role: RoleName,
  others: readonly GroupMember[] = [],
  more: Partial<GroupState> = {},
): GroupState {
  const ranks = ['owner', 'admin', 'member', 'reader']
  const members = [{ ...own, role, you: true, binding: 'bound', verified: false } as const, ...others]
  members.sort((a, b) => ranks.indexOf(a.role) - ranks.indexOf(b.role))
  const rights = { write: 'member', invite: 'admin', add: 'admin', remove: 'admin', rename: 'admin' } as const
  return {
    chat: chatId(number),
    members,
    rights: { ...rights, keepHistory: 'owner', joinerRole: 'member' },
    banned: [],
    ...more,
  }
}

export function member(number: number, role: RoleName, more: Partial<GroupMember> = {}): GroupMember {
  return { ...peer(number), role, you: false, binding: 'bound', verified: false, ...more }
}

export function news(number: number, change: Omit<GroupNews, 'type' | 'chat' | 'name'>): GroupNews {
  return { type: 'group', chat: chatId(number), name: `Group ${number}`, ...change }
}

/** The message at a position of the chat with somebody; theirs, unless it is said to be one's own. */
export function message(number: number, seq: number, more: Partial<ShownMessage> = {}): ShownMessage {
  return {
    chat: chatId(number),
    id: messageId(seq),
    seq: BigInt(seq),
    from: peer(number),
    text: `message ${seq}`,
    at: noon - minuteMs,
    state: 'sent',
    ...more,
  }
}

export function messageId(seq: number): ShownMessage['id'] {
  const bytes = new Uint8Array(16)
  new DataView(bytes.buffer).setUint32(0, seq)
  return MessageId.fromBytes(bytes)
}

export function messages(number: number, from: number, to: number): ShownMessage[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(number, from + index))
}

export function request(number: number, more: Partial<Request> = {}): Request {
  const { handle, name } = peer(number)
  return {
    id: `request-${number}`,
    direction: 'incoming',
    handle,
    name,
    status: 'pending',
    at: noon,
    ...more,
  }
}
