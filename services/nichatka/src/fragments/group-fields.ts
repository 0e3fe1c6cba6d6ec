import { maxGroupNameChars, maxNameQueryLength } from '../domain.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'
import { recipientsFragment } from './recipients.ts'

export function nameField(name: string, words: Words): Html {
  return html`<div><label for="n-g-name">${words.groupName}</label><input type="text" id="n-g-name" name="name" value="${name}" maxlength="${maxGroupNameChars}" required="" autocomplete="off"></div>`
}

/** Finds people and puts them among the chosen ones of the form. */
export function memberChooser(field: 'member' | 'add', words: Words): Html {
  const none = recipientsFragment(
    { users: [], groups: [] },
    { pick: field, query: '', hasMore: false },
    words,
  )
  return html`<div><label for="n-g-q">${words.memberSearch}</label><input type="search" id="n-g-q" name="q" maxlength="${maxNameQueryLength}" data-call="GET recipients" data-send="pick=${field}" data-live="" autocomplete="off">${none}</div><fieldset><legend>${words.groupMembers}</legend><div data-chosen="${field}"></div></fieldset>`
}
