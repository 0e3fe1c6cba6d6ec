import { maxNameQueryLength, maxTextChars } from '../domain.ts'
import type { FoundRecipients, Message } from '../store.ts'
import type { Words } from '../words/words.ts'
import { compact, type Html, html } from './html.ts'
import { madeOnce } from './made-once.ts'
import { options, priorityChoices } from './options.ts'
import { recipientsFragment } from './recipients.ts'

/** One who is chosen already. */
export interface Chosen {
  /** `user:vera`, `group:5` */
  readonly value: string
  readonly name: string
}

export interface NewForm {
  readonly isOpen: boolean
  readonly chosen: readonly Chosen[]
  readonly suggested: FoundRecipients
}

/** A message of one's own: to whom, how urgent, what (N10). */
export function composeFragment(form: NewForm, words: Words): Html {
  return form.isOpen || form.chosen.length > 0 ? newForm(form, words) : closedForm(form.suggested)(words)
}

/** In every panel: the same for all who see those suggestions. */
const closedForm = madeOnce((suggested: FoundRecipients) =>
  madeOnce((words: Words) => compact(newForm({ isOpen: false, chosen: [], suggested }, words))),
)

function newForm({ isOpen, chosen, suggested }: NewForm, words: Words): Html {
  const list = recipientsFragment(suggested, { pick: 'to', query: '', hasMore: false }, words)
  const form = html`<form data-call="POST messages" data-id="" data-draft="new" aria-label="${words.write}"><div><label for="n-q">${words.recipientSearch}</label><input type="search" id="n-q" name="q" maxlength="${maxNameQueryLength}" data-call="GET recipients" data-live="" autocomplete="off"${isOpen && focus}>${list}</div><fieldset><legend>${words.chosen}</legend><label><input type="checkbox" name="to" value="everyone"> ${words.toEveryone}</label><div data-chosen="to">${chosen.map(chosenFragment)}</div></fieldset><div><label for="n-priority">${words.priority}</label><select id="n-priority" name="priority">${options(priorityChoices(words), 'ordinary')}</select></div>${textField(false, words)}${endOfForm(words)}</form>`
  return details(isOpen, words.write, form)
}

/** An answer: its priority and its readers follow from the message. */
export function replyFragment(parent: Message, words: Words): Html {
  const { id, sender, text, priority } = parent
  const beginning = [...text.slice(0, 2 * maxQuoted)].slice(0, maxQuoted).join('')
  const form = html`<form data-call="POST messages" data-id="" data-draft="reply-${id}" aria-label="${words.answer}"><input type="hidden" name="parent" value="${id}"><p>${words.inReplyTo} <bdi>${sender}</bdi>: <bdi>${beginning}</bdi></p>${readers(parent, words)}<p data-priority="${priority}">${words.replyPriority(words.priorityNames[priority])}</p>${textField(true, words)}${endOfForm(words)}</form>`
  return details(true, words.answer, form)
}

const maxQuoted = 120
const focus = html` data-focus=""`

function details(isOpen: boolean, summary: string, form: Html): Html {
  return html`<details data-key="compose"${isOpen && html` open=""`}><summary>${summary}</summary>${form}</details>`
}

function chosenFragment({ value, name }: Chosen): Html {
  return html`<label><input type="checkbox" name="to" value="${value}" checked=""> <bdi>${name}</bdi></label>`
}

/** An answer to one's own message goes to those who have it: there is nothing to choose. */
function readers({ isIncoming, sender }: Message, words: Words): Html {
  if (!isIncoming) return html`<p>${words.replyTo}: ${words.replyToOwn}</p>`
  return html`<fieldset><legend>${words.replyTo}</legend><label><input type="radio" name="reply" value="sender" checked=""> ${words.replyToSender(sender)}</label><label><input type="radio" name="reply" value="all"> ${words.replyToAll}</label></fieldset>`
}

function textField(isFocused: boolean, words: Words): Html {
  return html`<div><label for="n-text">${words.text}</label><textarea id="n-text" name="text" rows="4" maxlength="${maxTextChars}" required="" data-typing=""${isFocused && focus}></textarea></div>`
}

function endOfForm(words: Words): Html {
  return html`<div><button type="button" data-quiet="" data-discard="" data-call="GET compose">${words.cancel}</button><button type="submit">${words.send}</button></div>`
}
