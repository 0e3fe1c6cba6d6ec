/**
 * Everything that the screen shows of an account that is there, as one value. What happens makes the next value
 * (`talk.ts`); what it looks like is told by the views.
 */
import type {
  Acceptance,
  BlockedPerson,
  ChangedBinding,
  ChatSummary,
  FoundGroup,
  Person,
  ReadyAccount,
  Request,
  Settings,
  ShownMessage,
  Switches,
  VerifiedState,
} from '@veche/client'
import type { Language } from '../words/language.ts'
import type { Conversation } from './conversation.ts'
import type { DevicesAct, DevicesPlace } from './devices-state.ts'
import type { GroupAct, GroupPlace, GroupState } from './group-state.ts'
import type { Size } from './line.ts'
import type { TextField } from './text-field.ts'

export interface Talk {
  readonly size: Size
  readonly language: Language
  /** Milliseconds since 1970; for "today" and "yesterday". */
  readonly nowMs: number
  readonly account: ReadyAccount
  readonly connection: 'connecting' | 'connected' | 'disconnected'
  readonly chats: readonly ChatItem[]
  readonly requests: Requests
  /** What the list stands on; undefined while there is nothing. */
  readonly selected: Selected | undefined
  /** The first row of the list that is seen, and of the groups where they have a part of their own. */
  readonly listTop: number
  readonly groupsTop: number
  readonly focus: 'list' | 'pane'
  /** Of the chat that is on show. */
  readonly conversation: Conversation | undefined
  /** Who is in the group that is on show; undefined while it is read, and for a private chat. */
  readonly group: GroupState | undefined
  /** The group that it was read of, as it is now. */
  readonly groupAsked: GroupState['chat'] | undefined
  /** Who writes now, by chat. */
  readonly typing: Readonly<Record<string, readonly Person[]>>
  /** What was written and not sent, by chat. */
  readonly drafts: Readonly<Record<string, TextField>>
  /** What the right side shows instead of what is selected. */
  readonly place: Place | undefined
  /** The choice at a request. */
  readonly choice: number
  /** A sentence about what just happened, until the next one or Esc. */
  readonly remark: string | undefined
  /** Without the lists, so that selecting with the mouse takes the conversation alone. */
  readonly isAlone: boolean
}

/** A chat in the list. */
export type ChatItem = ChatSummary & { readonly verified: boolean }

export interface Requests {
  readonly incoming: readonly Request[]
  readonly outgoing: readonly Request[]
}

export type Selected =
  | { readonly kind: 'chat'; readonly chat: ChatSummary['chat'] }
  | { readonly kind: 'request'; readonly id: string }

export type Place =
  | NewChat
  | Search
  | Safety
  | SettingsPlace
  | DevicesPlace
  | KeepingPlace
  | Binding
  | GroupPlace
  | { readonly kind: 'block'; readonly handle: string; readonly choice: number }
  | { readonly kind: 'keys'; readonly top: number }

export interface NewChat {
  readonly kind: 'new-chat'
  readonly field: TextField
  /** Whom the search shows; undefined until it has answered. */
  readonly found: readonly Person[] | undefined
  readonly groups: readonly FoundGroup[]
  /** 0 is the handle as it is written, then the people who were found, then the groups. */
  readonly choice: number
  readonly isBusy: boolean
  /** What came of the last try. */
  readonly told: string | undefined
}

export interface Search {
  readonly kind: 'search'
  readonly field: TextField
  /** Undefined until something was searched for. */
  readonly found: readonly ShownMessage[] | undefined
  readonly choice: number
  readonly isBusy: boolean
}

export interface Safety {
  readonly kind: 'safety'
  readonly handle: string
  readonly compared: VerifiedState | undefined
  /** What the other scans in place of comparing digits. */
  readonly code: string | undefined
  /** Whether the code is shown. */
  readonly isDrawn: boolean
  readonly choice: number
}

/** Where the chat is kept, and the question before something is erased. */
export interface KeepingPlace {
  readonly kind: 'keeping'
  readonly chat: ChatSummary['chat']
  readonly choice: number
  readonly asked: 'server' | 'device' | undefined
}

/** The handle of a chat stands for another account than before (attack A2). */
export interface Binding {
  readonly kind: 'binding'
  readonly chat: ChatSummary['chat']
  readonly change: ChangedBinding | undefined
  readonly choice: number
}

export interface SettingsPlace {
  readonly kind: 'settings'
  /** Undefined until the server has told. */
  readonly settings: Settings | undefined
  /** What others see of the account; undefined until it was read. */
  readonly switches: Switches | undefined
  readonly blocked: readonly BlockedPerson[]
  readonly choice: number
}

/** What the conductor is to do. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'read'; readonly chat: ChatSummary['chat']; readonly page: PageWish }
  | { readonly kind: 'mark-read'; readonly chat: ChatSummary['chat']; readonly seq: bigint }
  | {
      readonly kind: 'send'
      readonly chat: ChatSummary['chat']
      readonly text: string
      readonly replyTo?: ShownMessage['id']
    }
  /** Messages that those on show answer. */
  | {
      readonly kind: 'read-answered'
      readonly chat: ChatSummary['chat']
      readonly ids: readonly ShownMessage['id'][]
    }
  /** Sends again what the server did not take. */
  | { readonly kind: 'mute'; readonly chat: ChatSummary['chat']; readonly isMuted: boolean }
  | { readonly kind: 'pin'; readonly chat: ChatSummary['chat']; readonly isPinned: boolean }
  | { readonly kind: 'set-switches'; readonly change: Partial<Switches> }
  | { readonly kind: 'resend'; readonly chat: ChatSummary['chat'] }
  /** Whom the server's search shows for it; a later text takes its place. */
  | { readonly kind: 'find'; readonly text: string; readonly groups?: true }
  | { readonly kind: 'ask'; readonly handle: string }
  /** Into a group, by what somebody was given. */
  | { readonly kind: 'join'; readonly link: string }
  | {
      readonly kind: 'answer'
      readonly id: string
      readonly answer: 'allow' | 'refuse'
      /** Of who asks to add this account to a group: which opens no chat at once. */
      readonly intoGroup?: string
    }
  /** What this account has asked by a link is taken back. */
  | { readonly kind: 'withdraw'; readonly id: string }
  | { readonly kind: 'block'; readonly handle: string }
  | { readonly kind: 'unblock'; readonly handle: string }
  | {
      readonly kind: 'keep'
      readonly chat: ChatSummary['chat']
      readonly where: 'server' | 'device'
      readonly kept: boolean
    }
  | { readonly kind: 'ask-binding'; readonly chat: ChatSummary['chat'] }
  | { readonly kind: 'accept-binding'; readonly chat: ChatSummary['chat']; readonly isCompared: boolean }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'compare'; readonly handle: string }
  | { readonly kind: 'set-verified'; readonly handle: string; readonly verified: boolean }
  | { readonly kind: 'devices'; readonly act: DevicesAct }
  | { readonly kind: 'ask-settings' }
  | { readonly kind: 'set-acceptance'; readonly acceptance: Acceptance }
  | { readonly kind: 'set-visibility'; readonly visibility: Settings['visibility'] }
  | { readonly kind: 'set-language'; readonly language: Language }
  | { readonly kind: 'group'; readonly act: GroupAct }

export type PageWish =
  | { readonly kind: 'newest' }
  | { readonly kind: 'older'; readonly before: bigint }
  | { readonly kind: 'newer'; readonly after: bigint }
  | { readonly kind: 'around'; readonly id: ShownMessage['id']; readonly seq: bigint }

/** What follows from something that happened. */
export interface Step {
  readonly talk: Talk
  readonly effects: readonly Effect[]
}

export function step(talk: Talk, ...effects: readonly Effect[]): Step {
  return { talk, effects }
}

/** One step after another. */
export function follow({ talk, effects }: Step, next: (talk: Talk) => Step): Step {
  const following = next(talk)
  return { talk: following.talk, effects: [...effects, ...following.effects] }
}
