/** What the keys do while somebody talks: everywhere, in the list, at a request, and while writing. */

import type { Request } from '@veche/client'
import { answerEarlier, stopAnswering } from './answering.ts'
import {
  isWithdrawable,
  listItems,
  neighbour,
  selectedChat,
  selectedRequest,
  selectionOf,
} from './chat-list.ts'
import { isWritable } from './chat-standing.ts'
import { choose } from './choices.ts'
import { messageAreaRows, writingColumns } from './conversation-view.ts'
import { openOwnDevices } from './devices-keys.ts'
import { newGroupForm, ownPeoplePlace } from './group-steps.ts'
import { keptPlaces } from './keeping-places.ts'
import { inLines, type Key, type KeyName, latinOf } from './keys.ts'
import { onPlaceKey } from './place-keys.ts'
import { openSelected, scroll, scrollToEnd, select } from './reading.ts'
import { follow, type Place, type Step, step, type Talk } from './talk-state.ts'
import { edit, emptyField, insert } from './text-field.ts'

export function onKey(talk: Talk, key: Key): Step {
  const everywhere = key.kind === 'key' ? onEverywhereKey(talk, key.name) : undefined
  if (everywhere !== undefined) return everywhere
  if (talk.place !== undefined)
    return inLines(key).reduce((before, one) => follow(before, (next) => onPlaceKey(next, one)), step(talk))
  if (talk.focus === 'list') return onListKey(talk, key)
  if (talk.selected?.kind === 'request') return onRequestKey(talk, key)
  return onWritingKey(talk, key)
}

/** Undefined for a key that does something only in one place. */
function onEverywhereKey(talk: Talk, name: KeyName): Step | undefined {
  switch (name) {
    case 'ctrl+c':
      return step(talk, { kind: 'quit' })
    case 'ctrl+z':
      return step(talk, { kind: 'suspend' })
    case 'ctrl+l':
      return step(talk, { kind: 'redraw' })
    case 'help':
      return goTo(talk, 'keys')
    case 'ctrl+n':
      return goTo(talk, 'new-chat')
    case 'ctrl+f':
      return goTo(talk, 'search')
    case 'ctrl+o':
      return goTo(talk, 'settings')
    case 'ctrl+g':
      return goTo(talk, 'safety')
    case 'ctrl+p':
      return goTo(talk, 'people')
    case 'ctrl+t':
      return step({ ...talk, isAlone: !talk.isAlone })
    case 'alt+up':
      return follow(select({ ...talk, place: undefined }, neighbour(talk, -1)), openSelected)
    case 'alt+down':
      return follow(select({ ...talk, place: undefined }, neighbour(talk, 1)), openSelected)
    default:
      return undefined
  }
}

/** Goes to a place; from there, the same key goes back. */
function goTo(talk: Talk, kind: Place['kind']): Step {
  if (talk.place?.kind === kind) return step({ ...talk, place: undefined })
  const to = (place: Place) => ({ ...talk, place, remark: undefined })
  switch (kind) {
    case 'keys':
      return step(to({ kind, top: 0 }))
    case 'new-chat':
      return step(
        to({
          kind,
          field: emptyField,
          found: undefined,
          groups: [],
          choice: 0,
          isBusy: false,
          told: undefined,
        }),
      )
    case 'search':
      return step(to({ kind, field: emptyField, found: undefined, choice: 0, isBusy: false }))
    case 'settings':
      return step(to({ kind, settings: undefined, switches: undefined, blocked: [], choice: 0 }), {
        kind: 'ask-settings',
      })
    case 'devices':
      return openOwnDevices(talk)
    case 'safety': {
      const chat = selectedChat(talk)
      if (chat?.type === 'group') return goTo(talk, 'people')
      if (chat?.type !== 'private') return step(talk)
      const { handle } = chat.with
      const place = { kind, handle, compared: undefined, code: undefined, isDrawn: false, choice: 0 } as const
      return step(to(place), { kind: 'compare', handle })
    }
    case 'keeping': {
      const chat = selectedChat(talk)
      if (chat === undefined) return step(talk)
      return step(to({ kind, chat: chat.chat, choice: keptPlaces(talk, chat).length, asked: undefined }))
    }
    case 'binding': {
      const chat = selectedChat(talk)
      if (chat?.state !== 'changed-binding') return step(talk)
      const place = { kind, chat: chat.chat, change: undefined, choice: 2 } as const
      return step(to(place), { kind: 'ask-binding', chat: chat.chat })
    }
    case 'block': {
      const chat = selectedChat(talk)
      const handle = chat?.type === 'private' ? chat.with.handle : selectedRequest(talk)?.handle
      return step(handle === undefined ? talk : to({ kind, handle, choice: 1 }))
    }
    case 'group-form':
      return step(to(newGroupForm))
    case 'people':
    case 'links':
    case 'add-people': {
      const place = ownPeoplePlace(talk)
      return step(place === undefined ? talk : to(place))
    }
    default:
      return kind satisfies never
  }
}

const listLetters: Readonly<Record<string, Place['kind']>> = {
  n: 'new-chat',
  '/': 'search',
  s: 'settings',
  v: 'safety',
  b: 'block',
  k: 'keeping',
  g: 'group-form',
  m: 'people',
  '?': 'keys',
}

function onListKey(talk: Talk, key: Key): Step {
  if (key.kind === 'paste') return step(talk)
  if (key.kind === 'text') {
    const letter = latinOf(key.text)
    if (letter === 'q') return step(talk, { kind: 'quit' })
    const marked = selectedChat(talk)
    if (letter === 'u' && marked)
      return step(talk, { kind: 'mute', chat: marked.chat, isMuted: !marked.muted })
    if (letter === 'p' && marked)
      return step(talk, { kind: 'pin', chat: marked.chat, isPinned: !marked.pinned })
    const place = listLetters[letter]
    return place === undefined ? step(talk) : goTo(talk, place)
  }
  const items = listItems(talk)
  switch (key.name) {
    case 'up':
      return select(talk, neighbour(talk, -1))
    case 'down':
      return select(talk, neighbour(talk, 1))
    case 'home':
    case 'page-up':
      return items[0] === undefined ? step(talk) : select(talk, selectionOf(items[0]))
    case 'end':
    case 'page-down':
      return items.length === 0 ? step(talk) : select(talk, selectionOf(items.at(-1)!))
    case 'enter':
    case 'right':
    case 'tab':
      return openSelected(talk)
    case 'escape':
      return step({ ...talk, remark: undefined, isAlone: false })
    default:
      return step(talk)
  }
}

/** Allow, refuse, block; nothing is chosen for anybody: the first is refused by going away. */
function onRequestKey(talk: Talk, key: Key): Step {
  const request = selectedRequest(talk)
  if (isBack(key) || request === undefined)
    return step({ ...talk, focus: 'list', choice: 0, remark: undefined })
  if (request.direction === 'outgoing')
    return isWithdrawable(request) ? onOwnJoinKey(talk, request, key) : step(talk)
  const made = choose(talk.choice, key, 3)
  if (made === undefined) return step(talk)
  const next = { ...talk, choice: made.choice }
  if (!made.isChosen) return step(next)
  const { id, handle, group, join } = request
  if (made.choice === 2) return step({ ...next, place: { kind: 'block', handle, choice: 1 } })
  return step(
    { ...next, focus: 'list' },
    {
      kind: 'answer',
      id,
      answer: made.choice === 0 ? 'allow' : 'refuse',
      ...(group && !join && { intoGroup: handle }),
    },
  )
}

/** To wait stands first: nobody takes back by a second Enter. */
function onOwnJoinKey(talk: Talk, { id }: Request, key: Key): Step {
  const made = choose(talk.choice, key, 2)
  if (made === undefined) return step(talk)
  if (!made.isChosen) return step({ ...talk, choice: made.choice })
  const next = { ...talk, focus: 'list' as const }
  return made.choice === 0 ? step(next) : step(next, { kind: 'withdraw', id })
}

function isBack(key: Key): boolean {
  return key.kind === 'key' && (key.name === 'escape' || key.name === 'left')
}

function onWritingKey(talk: Talk, key: Key): Step {
  const chat = selectedChat(talk)
  if (chat === undefined) return step({ ...talk, focus: 'list' })
  const draft = talk.drafts[chat.chat] ?? emptyField
  const withDraft = (field: typeof draft) => step({ ...talk, drafts: { ...talk.drafts, [chat.chat]: field } })
  if (key.kind !== 'key') return isWritable(chat) ? withDraft(insert(draft, key.text)) : step(talk)
  switch (key.name) {
    case 'enter':
      if (chat.type === 'private' && chat.state === 'changed-binding') return goTo(talk, 'binding')
      return isWritable(chat) && draft.text.trim() !== '' ? send(talk, chat.chat, draft.text) : step(talk)
    case 'newline':
      return isWritable(chat) ? withDraft(insert(draft, '\n')) : step(talk)
    case 'escape':
      return stopAnswering(talk) ?? step({ ...talk, focus: 'list', isAlone: false, remark: undefined })
    case 'ctrl+y':
      return answerEarlier(talk)
    case 'tab':
    case 'back-tab':
      return step({ ...talk, focus: 'list', isAlone: false })
    case 'ctrl+r':
      return chat.notSent > 0 ? step(talk, { kind: 'resend', chat: chat.chat }) : step(talk)
    default:
      return (
        onScrollKey(talk, key.name, draft.text === '') ??
        withDraft(edit(draft, key.name, writingColumns(talk)) ?? draft)
      )
  }
}

/** Undefined for a key that does not scroll. The arrows do while nothing is written. */
function onScrollKey(talk: Talk, name: KeyName, isEmpty: boolean): Step | undefined {
  const page = Math.max(1, messageAreaRows(talk) - 2)
  switch (name) {
    case 'page-up':
      return scroll(talk, -page)
    case 'page-down':
      return scroll(talk, page)
    case 'ctrl+up':
      return scroll(talk, -1)
    case 'ctrl+down':
      return scroll(talk, 1)
    case 'up':
      return isEmpty ? scroll(talk, -1) : undefined
    case 'down':
      return isEmpty ? scroll(talk, 1) : undefined
    case 'ctrl+end':
      return scrollToEnd(talk)
    case 'end':
      return isEmpty ? scrollToEnd(talk) : undefined
    default:
      return undefined
  }
}

function send(talk: Talk, chat: NonNullable<ReturnType<typeof selectedChat>>['chat'], text: string): Step {
  const { [chat]: _sent, ...drafts } = talk.drafts
  const replyTo = talk.conversation?.answering?.id
  const effect = { kind: 'send', chat, text, ...(replyTo !== undefined && { replyTo }) } as const
  const sent = step({ ...talk, drafts, remark: undefined }, effect)
  return follow(sent, (next) => stopAnswering(next) ?? scrollToEnd(next))
}
