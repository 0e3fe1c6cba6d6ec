import { type Color, colors, type Priority, priorities, type Recipient } from '../domain.ts'
import type { Message } from '../store.ts'
import type { Words } from '../words/words.ts'
import { filterId } from './filters.ts'
import { compact, type Html, html } from './html.ts'
import { madeOnce } from './made-once.ts'
import { type Choice, options } from './options.ts'
import type { Reader } from './reader.ts'

/** Recipients that are named at once; the rest is one click away. */
const maxNamed = 5

/** One message with all that its reader can do with it (N10). */
export function messageFragment(message: Message, reader: Reader): Html {
  const { id, status, shownPriority, color, sender, text } = message
  const { words } = reader
  const label = color && html` data-color="${color}"`
  return html`<article data-key="m${id}" data-status="${status}" data-priority="${shownPriority}"${label} aria-label="${words.message(sender)}"><header><h3><bdi>${sender}</bdi></h3> ${timeOf(message.sentAtMs, reader)} ${marks(message, words)}</header><div>${words.recipients} ${recipients(message.recipients, reader)}</div>${quote(message, words)}<p>${text}</p>${controls(message, words)}</article>`
}

export function timeOf(ms: number, { times, nowMs }: Reader): Html {
  const { text, exact, iso } = times.show(ms, nowMs)
  return html`<time datetime="${iso}" title="${exact}">${text}</time>`
}

function marks({ shownPriority, status, color }: Message, words: Words): Html {
  const priority =
    shownPriority !== 'ordinary' &&
    html`<strong data-priority="${shownPriority}">${words.priorityNames[shownPriority]}</strong> `
  const mark = status === 'new' ? words.newMark : status === 'hidden' ? words.hiddenMark : undefined
  const label = color && html`<span data-color="${color}">${words.colorNames[color]}</span>`
  return html`${priority}${mark !== undefined && html`<mark>${mark}</mark> `}${label}`
}

function recipients(all: readonly Recipient[], reader: Reader): Html {
  const names = all.map((recipient) => nameOf(recipient, reader))
  const rest = names.slice(maxNamed)
  const more =
    rest.length > 0 &&
    html`<details><summary>${reader.words.andMore(rest.length)}</summary>${listed(rest)}</details>`
  return html`${listed(names.slice(0, maxNamed))}${more}`
}

function listed(names: readonly Html[]): Html {
  return html`${names.map((name, index) => (index === 0 ? name : html`, ${name}`))}`
}

function nameOf(recipient: Recipient, { nickname, words }: Reader): Html {
  if (recipient.kind === 'everyone') return html`${words.everyone}`
  if (recipient.kind === 'group') return html`<bdi>${recipient.name}</bdi>`
  return recipient.nickname === nickname ? html`${words.you}` : html`<bdi>${recipient.nickname}</bdi>`
}

function quote({ parent }: Message, words: Words): Html {
  if (parent === undefined) return html``
  return html`<small>${words.inReplyTo} <bdi>${parent.sender}</bdi>: <bdi>${parent.beginning}</bdi></small>`
}

/** What they change is said once for all of them. In no form, they need no type. */
function controls({ id, status, hasThread, color, priority, shownPriority }: Message, words: Words): Html {
  const read = status === 'new' && changeButton('read', words.read)
  const hide =
    status === 'hidden' ? changeButton('read', words.bringBack) : changeButton('hidden', words.hide)
  const reply = html`<button data-call="GET compose" data-send="parent=${id}">${words.reply}</button>`
  const thread =
    hasThread &&
    html`<button data-quiet="" data-call="GET panel" data-send="thread=${id}&amp;part=list">${words.thread}</button>`
  const lists = html`${colorSelects(words)[color ?? 'none']}${prioritySelects(words)[priority][shownPriority]}`
  return html`<div data-call="PATCH messages/${id}" data-live="">${read}${hide}${reply}${thread}${lists}</div>`
}

function changeButton(status: 'read' | 'hidden', name: string): Html {
  return html`<button data-send="status=${status}">${name}</button>`
}

const colorSelects = madeOnce((words: Words) =>
  forEach<Color | 'none', Html>(['none', ...colors], (color) => {
    // None is the first that the list offers, and so is chosen.
    const own: Choice[] = color === 'none' ? [] : [[color, words.colorNames[color]]]
    return select('color', words.colorLabel, own, color)
  }),
)

/** By the sender's priority and by the shown one. */
const prioritySelects = madeOnce((words: Words) => {
  const { priorityNames } = words
  return forEach<Priority, Readonly<Record<Priority, Html>>>(priorities, (priority) =>
    forEach<Priority, Html>(priorities, (shown) => {
      // In the place of the name: to choose the same by it would change nothing.
      const asSent: Choice = [priority, words.asSent(priorityNames[priority])]
      const own: Choice[] = shown === priority ? [asSent] : [asSent, [shown, priorityNames[shown]]]
      return select('priority', words.ownPriority, own, shown)
    }),
  )
})

function forEach<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value) {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Readonly<Record<Key, Value>>
}

/** All other choices are those of the form of filters: with them each message would be twice as long. */
function select(name: 'color' | 'priority', label: string, own: readonly Choice[], chosen: string): Html {
  return compact(
    html`<select name="${name}" data-choices="${filterId(name)}" aria-label="${label}">${options(own, chosen)}</select>`,
  )
}
