/**
 * From nothing to an account, as one value: what to do first, a form, and the recovery words, which are shown once.
 * Nothing here asks the server; what is to be asked is told as an effect.
 */
import type { Language } from '../words/language.ts'
import { choose } from './choices.ts'
import { check, type Entering, type Form, fieldsOf, openForm } from './entrance-form.ts'
import { inLines, type Key } from './keys.ts'
import type { Size } from './line.ts'
import { lookOf } from './look.ts'
import { edit, fieldOf, insertInLine } from './text-field.ts'

export interface Entrance {
  readonly size: Size
  readonly language: Language
  readonly nowMs: number
  /** The server that the command line named. */
  readonly server: string | undefined
  readonly page: Page
}

export type Page =
  | { readonly kind: 'welcome'; readonly choice: number }
  | Form
  /** Of an account whose owner has not said that the words are written down. */
  | { readonly kind: 'recovery'; readonly handle: string; readonly words: string }

export const welcomeChoices = ['register', 'login', 'link', 'recover', 'language', 'quit'] as const

export type EntranceHappening =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'suggested'; readonly passphrase: string }
  /** The other device was found: what both show. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'failed'; readonly told: string }

export type EntranceEffect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'keep-language'; readonly language: Language }
  | { readonly kind: 'suggest' }
  | Entering
  /** Nobody waits to be let in any more. */
  | { readonly kind: 'give-up' }
  /** The words are written down. */
  | { readonly kind: 'arrived' }

export interface EntranceStep {
  readonly entrance: Entrance
  readonly effects: readonly EntranceEffect[]
}

/** What there is already. */
export type Begun =
  | { readonly kind: 'nothing' }
  /** A registration whose outcome is not known: the form goes on with it. */
  | { readonly kind: 'registering'; readonly handle: string }
  | { readonly kind: 'sheet'; readonly handle: string; readonly words: string }

export function openEntrance(start: Omit<Entrance, 'page'>, begun: Begun): Entrance {
  return { ...start, page: firstPage(start.server, begun) }
}

function firstPage(server: string | undefined, begun: Begun): Page {
  switch (begun.kind) {
    case 'nothing':
      return { kind: 'welcome', choice: 0 }
    case 'registering':
      return openForm('register', server, begun.handle)
    case 'sheet':
      return { ...begun, kind: 'recovery' }
    default:
      return begun satisfies never
  }
}

export function enter(entrance: Entrance, happening: EntranceHappening): EntranceStep {
  const { page } = entrance
  switch (happening.kind) {
    case 'key':
      return inLines(happening.key).reduce((before, key) => {
        const next = onKey(before.entrance, key)
        return { entrance: next.entrance, effects: [...before.effects, ...next.effects] }
      }, step(entrance))
    case 'resized':
      return step({ ...entrance, size: happening.size })
    case 'suggested': {
      if (page.kind !== 'form') return step(entrance)
      const field = fieldOf(happening.passphrase)
      const fields = { ...page.fields, password: field, again: field }
      return step({ ...entrance, page: { ...page, fields, isShown: true, told: undefined } })
    }
    case 'digits':
      if (page.kind !== 'form' || !page.isBusy) return step(entrance)
      return step({ ...entrance, page: { ...page, digits: happening.digits } })
    case 'failed':
      if (page.kind !== 'form' || !page.isBusy) return step(entrance)
      return step({ ...entrance, page: { ...idle(page), told: happening.told } })
    default:
      return happening satisfies never
  }
}

function onKey(entrance: Entrance, key: Key): EntranceStep {
  if (key.kind === 'key') {
    if (key.name === 'ctrl+c') return step(entrance, { kind: 'quit' })
    if (key.name === 'ctrl+z') return step(entrance, { kind: 'suspend' })
    if (key.name === 'ctrl+l') return step(entrance, { kind: 'redraw' })
  }
  const { page } = entrance
  switch (page.kind) {
    case 'welcome':
      return onWelcomeKey(entrance, page.choice, key)
    case 'form':
      return onFormKey(entrance, page, key)
    case 'recovery':
      return key.kind === 'key' && key.name === 'enter' ? step(entrance, { kind: 'arrived' }) : step(entrance)
    default:
      return page satisfies never
  }
}

function onWelcomeKey(entrance: Entrance, choice: number, key: Key): EntranceStep {
  const made = choose(choice, key, welcomeChoices.length)
  if (made === undefined) return step(entrance)
  const next: Entrance = { ...entrance, page: { kind: 'welcome', choice: made.choice } }
  if (!made.isChosen) return step(next)
  const chosen = welcomeChoices[made.choice]
  switch (chosen) {
    case 'register':
    case 'login':
    case 'link':
    case 'recover':
      return step({ ...entrance, page: openForm(chosen, entrance.server, '') })
    case 'language': {
      const language = entrance.language === 'en' ? 'ru' : 'en'
      return step({ ...next, language }, { kind: 'keep-language', language })
    }
    default:
      return step(next, { kind: 'quit' })
  }
}

function onFormKey(entrance: Entrance, form: Form, key: Key): EntranceStep {
  if (form.isBusy) return onBusyKey(entrance, form, key)
  const names = fieldsOf(form)
  const to = (changed: Partial<Form>) => step({ ...entrance, page: { ...form, ...changed } })
  const name = names[form.at]
  if (key.kind === 'key') {
    switch (key.name) {
      case 'escape':
        return step({ ...entrance, page: { kind: 'welcome', choice: 0 } })
      case 'enter':
        return name === undefined ? submit(entrance, form) : to({ at: form.at + 1 })
      case 'tab':
      case 'down':
        return to({ at: Math.min(form.at + 1, names.length) })
      case 'back-tab':
      case 'up':
        return to({ at: Math.max(form.at - 1, 0) })
      case 'ctrl+g':
        return hasNewPassword(form) ? step(entrance, { kind: 'suggest' }) : step(entrance)
      default:
    }
  }
  if (name === undefined)
    return key.kind === 'text' && key.text === ' ' ? submit(entrance, form) : step(entrance)
  const field = form.fields[name]
  const written =
    key.kind === 'key' ? edit(field, key.name, Number.MAX_SAFE_INTEGER) : insertInLine(field, key.text)
  if (written === undefined) return step(entrance)
  // Who changes a suggested password hides it again.
  const isShown = form.isShown && (written.text === field.text || (name !== 'password' && name !== 'again'))
  return to({ fields: { ...form.fields, [name]: written }, told: undefined, isShown })
}

function submit(entrance: Entrance, form: Form): EntranceStep {
  const { words } = lookOf(entrance)
  const checked = check(form)
  if (checked.kind === 'wrong') {
    const told = words.screen.entrance.wrongFields[checked.reason]
    return step({ ...entrance, page: { ...form, at: fieldsOf(form).indexOf(checked.field), told } })
  }
  const page: Form = { ...form, isBusy: true, told: undefined }
  return step({ ...entrance, page }, checked.entering)
}

/** The server is asked, which nothing stops; but who waits for another device may give up. */
function onBusyKey(entrance: Entrance, form: Form, key: Key): EntranceStep {
  const isGivenUp = form.purpose === 'link' && key.kind === 'key' && key.name === 'escape'
  return isGivenUp ? step({ ...entrance, page: idle(form) }, { kind: 'give-up' }) : step(entrance)
}

function idle({ digits: _digits, ...form }: Form): Form {
  return { ...form, isBusy: false }
}

export function hasNewPassword(form: Form): boolean {
  return fieldsOf(form).includes('again')
}

function step(entrance: Entrance, ...effects: readonly EntranceEffect[]): EntranceStep {
  return { entrance, effects }
}
