/**
 * What happens while somebody talks: each happening makes the next value and tells what is to be done. Nothing here
 * waits, reads or writes; the conductor does, and what comes of it is a happening again.
 */
import type {
  BlockedPerson,
  ChangedBinding,
  ChatSummary,
  FoundGroup,
  Person,
  Settings,
  ShownMessage,
  Switches,
  VerifiedState,
} from '@veche/client'
import type { Language } from '../words/language.ts'
import { answeredNeeded } from './answering.ts'
import { listItems, selectionOf } from './chat-list.ts'
import {
  type PageKind,
  type ProgressOf,
  withMessage,
  withNews,
  withPage,
  withProgress,
} from './conversation.ts'
import { type DevicesHappening, onDevicesHappening } from './devices-state.ts'
import type { GroupHappening } from './group-state.ts'
import { onGroupHappening } from './group-steps.ts'
import type { Key } from './keys.ts'
import type { Size } from './line.ts'
import { keptInView } from './list-view.ts'
import { groupNeeded, markedRead, openSelected, pagesNeeded, select, withOlder } from './reading.ts'
import { onKey } from './talk-keys.ts'
import { type ChatItem, follow, type Requests, type Step, step, type Talk } from './talk-state.ts'
import { fieldOf } from './text-field.ts'
import { withTyping } from './typing.ts'

export type Happening =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'clock'; readonly nowMs: number }
  | { readonly kind: 'connection'; readonly state: Talk['connection'] }
  | { readonly kind: 'chats'; readonly chats: readonly ChatItem[] }
  | { readonly kind: 'requests'; readonly requests: Requests }
  | {
      readonly kind: 'page'
      readonly chat: ChatSummary['chat']
      readonly which: PageKind
      readonly messages: readonly ShownMessage[]
    }
  /** More is on this device of what is older than it. */
  | { readonly kind: 'older'; readonly chat: ChatSummary['chat'] }
  /** Came, was queued, or got its place in the log. */
  | { readonly kind: 'message'; readonly message: ShownMessage }
  /** What messages on show answer, as far as this device has it. */
  | {
      readonly kind: 'answered'
      readonly chat: ChatSummary['chat']
      readonly messages: readonly ShownMessage[]
    }
  | {
      readonly kind: 'typing'
      readonly chat: ChatSummary['chat']
      readonly by: Person
      readonly isTyping: boolean
    }
  /** What was being written when the program ended. */
  | { readonly kind: 'drafts'; readonly drafts: Readonly<Record<string, string>> }
  | { readonly kind: 'switches'; readonly switches: Switches }
  /** How far own messages have come may have changed. */
  | { readonly kind: 'progress'; readonly chat: ChatSummary['chat']; readonly progressOf: ProgressOf }
  /** It could not be taken: what was written goes back to where it was written. */
  | { readonly kind: 'not-taken'; readonly chat: ChatSummary['chat']; readonly text: string }
  | { readonly kind: 'remark'; readonly text: string }
  /** A chat is there that the person just made. */
  | { readonly kind: 'opened'; readonly chat: ChatSummary['chat'] }
  | { readonly kind: 'asked'; readonly told: string; readonly isDone: boolean }
  | {
      readonly kind: 'people'
      readonly text: string
      readonly people: readonly Person[]
      readonly groups?: readonly FoundGroup[]
    }
  | { readonly kind: 'found'; readonly text: string; readonly messages: readonly ShownMessage[] }
  | { readonly kind: 'compared'; readonly compared: VerifiedState; readonly code: string | undefined }
  | { readonly kind: 'changed-binding'; readonly chat: ChatSummary['chat']; readonly change: ChangedBinding }
  | { readonly kind: 'blocked'; readonly blocked: readonly BlockedPerson[] }
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'language'; readonly language: Language }
  | GroupHappening
  | DevicesHappening

export function happen(talk: Talk, happening: Happening): Step {
  const read = follow(take(talk, happening), markedRead)
  const asked = [pagesNeeded, groupNeeded, answeredNeeded].reduce(follow, read)
  return follow(asked, (next) => step(keptInView(next)))
}

function take(talk: Talk, happening: Happening): Step {
  switch (happening.kind) {
    case 'key':
      return onKey(talk, happening.key)
    case 'resized':
      return step({ ...talk, size: happening.size })
    case 'clock':
      return step({ ...talk, nowMs: happening.nowMs })
    case 'connection':
      return step({ ...talk, connection: happening.state })
    case 'chats':
      return withSomethingSelected({ ...talk, chats: happening.chats })
    case 'requests':
      return withSomethingSelected({ ...talk, requests: happening.requests })
    case 'page':
      return step(
        onConversation(talk, happening.chat, (shown) => withPage(shown, happening.which, happening.messages)),
      )
    case 'older':
      return withOlder(talk, happening.chat)
    case 'message':
      return step(withArrived(talk, happening.message))
    case 'answered':
      return step(
        onConversation(talk, happening.chat, (shown) => {
          const found = happening.messages.map((message) => [message.id, message] as const)
          return { ...shown, answered: new Map([...shown.answered, ...found]) }
        }),
      )
    case 'progress': {
      const { chat, progressOf } = happening
      const own = talk.account.account
      return step(onConversation(talk, chat, (shown) => withProgress(shown, own, progressOf)))
    }
    case 'typing':
      return step({ ...talk, typing: withTyping(talk.typing, happening) })
    case 'drafts':
      return step({ ...talk, drafts: { ...fieldsOf(happening.drafts), ...talk.drafts } })
    case 'switches': {
      const { place } = talk
      const { switches } = happening
      return step(place?.kind === 'settings' ? { ...talk, place: { ...place, switches } } : talk)
    }
    case 'not-taken':
      return step(withDraftBack(talk, happening.chat, happening.text))
    case 'remark':
      return step({ ...talk, remark: happening.text })
    case 'opened':
      return follow(
        select({ ...talk, place: undefined }, { kind: 'chat', chat: happening.chat }),
        openSelected,
      )
    case 'language':
      return step({ ...talk, language: happening.language })
    case 'group-news': {
      const { news } = happening
      const told = onConversation(talk, news.chat, (shown) => withNews(shown, news))
      return step(talk.groupAsked === news.chat ? { ...told, groupAsked: undefined } : told)
    }
    case 'group':
    case 'group-made':
    case 'group-told':
    case 'links':
    case 'link-made':
      return onGroupHappening(talk, happening)
    case 'devices':
    case 'linking-code':
    case 'linking-digits':
    case 'devices-told':
      return step(
        talk.place?.kind === 'devices' ? { ...talk, place: onDevicesHappening(talk.place, happening) } : talk,
      )
    case 'asked':
    case 'people':
    case 'found':
    case 'compared':
    case 'settings':
    case 'blocked':
    case 'changed-binding':
      return step(inPlace(talk, happening))
    default:
      return happening satisfies never
  }
}

/** What was asked for from a place that is left by now is nobody's any more. */
function inPlace(
  talk: Talk,
  happening: Extract<
    Happening,
    { kind: 'asked' | 'people' | 'found' | 'compared' | 'settings' | 'blocked' | 'changed-binding' }
  >,
): Talk {
  const { place } = talk
  switch (happening.kind) {
    case 'asked': {
      if (place?.kind !== 'new-chat') return { ...talk, remark: happening.told }
      const field = happening.isDone ? fieldOf('') : place.field
      const found = happening.isDone ? undefined : place.found
      const groups = happening.isDone ? [] : place.groups
      const after = { field, found, groups, choice: 0, isBusy: false, told: happening.told }
      return { ...talk, place: { ...place, ...after } }
    }
    case 'people':
      if (place?.kind !== 'new-chat' && place?.kind !== 'add-people') return talk
      if (place.field.text !== happening.text) return talk
      return place.kind === 'new-chat'
        ? { ...talk, place: { ...place, found: happening.people, groups: happening.groups ?? [], choice: 0 } }
        : { ...talk, place: { ...place, found: happening.people, choice: 0 } }
    case 'found':
      if (place?.kind !== 'search' || place.field.text !== happening.text) return talk
      return { ...talk, place: { ...place, found: happening.messages, choice: 0, isBusy: false } }
    case 'compared':
      if (place?.kind !== 'safety' || place.handle !== happening.compared.handle) return talk
      return { ...talk, place: { ...place, compared: happening.compared, code: happening.code, choice: 0 } }
    case 'settings':
      return place?.kind === 'settings'
        ? { ...talk, place: { ...place, settings: happening.settings } }
        : talk
    case 'blocked':
      return place?.kind === 'settings' ? { ...talk, place: { ...place, blocked: happening.blocked } } : talk
    case 'changed-binding':
      if (place?.kind !== 'binding' || place.chat !== happening.chat) return talk
      return { ...talk, place: { ...place, change: happening.change } }
    default:
      return happening satisfies never
  }
}

/** Something is always selected where there is something; what is gone is not. */
function withSomethingSelected(talk: Talk): Step {
  const items = listItems(talk)
  const { selected } = talk
  const isThere = items.some(
    (item) => selected !== undefined && JSON.stringify(selectionOf(item)) === JSON.stringify(selected),
  )
  if (isThere) return step(talk)
  const first = items[0]
  if (first !== undefined) return select(talk, selectionOf(first))
  return step({ ...talk, selected: undefined, conversation: undefined })
}

function withArrived(talk: Talk, message: ShownMessage): Talk {
  const isOwn = message.from.account === talk.account.account
  return onConversation(talk, message.chat, (shown) => withMessage(shown, message, isOwn))
}

function fieldsOf(drafts: Readonly<Record<string, string>>): Talk['drafts'] {
  return Object.fromEntries(Object.entries(drafts).map(([chat, text]) => [chat, fieldOf(text)]))
}

function withDraftBack(talk: Talk, chat: ChatSummary['chat'], text: string): Talk {
  const written = talk.drafts[chat]?.text ?? ''
  const both = written === '' ? text : `${text}\n${written}`
  return { ...talk, drafts: { ...talk.drafts, [chat]: fieldOf(both) } }
}

function onConversation(
  talk: Talk,
  chat: ChatSummary['chat'],
  change: (shown: NonNullable<Talk['conversation']>) => NonNullable<Talk['conversation']>,
): Talk {
  const { conversation } = talk
  return conversation?.chat === chat ? { ...talk, conversation: change(conversation) } : talk
}

/** The first value, before anything was read. */
export function openTalk(start: Pick<Talk, 'size' | 'language' | 'nowMs' | 'account'>): Talk {
  return {
    ...start,
    connection: 'connecting',
    chats: [],
    requests: { incoming: [], outgoing: [] },
    selected: undefined,
    listTop: 0,
    groupsTop: 0,
    focus: 'list',
    conversation: undefined,
    group: undefined,
    groupAsked: undefined,
    typing: {},
    drafts: {},
    place: undefined,
    choice: 0,
    remark: undefined,
    isAlone: false,
  }
}
