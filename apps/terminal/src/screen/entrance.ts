/**
 * From nothing to an account, as one value: what to do first, a form, and the recovery words, which are shown once.
 * Nothing here asks the server; what is to be asked is told as an effect.
 */
import { isWeakPassword, parseRecoveryCode, type RecoveryCode } from '@veche/client'
import { DecodeError } from '@veche/protocol'
import { parseInvite } from '../invite.ts'
import type { Words } from '../words/en.ts'
import type { Language } from '../words/language.ts'
import { choose } from './choices.ts'
import { inLines, type Key } from './keys.ts'
import type { Size } from './line.ts'
import { lookOf } from './look.ts'
import { edit, emptyField, fieldOf, insertInLine, type TextField } from './text-field.ts'

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

export interface Form {
  readonly kind: 'form'
  readonly purpose: Purpose
  readonly fields: Readonly<Record<FieldName, TextField>>
  /** The field that is written in; the last is the button below them. */
  readonly at: number
  readonly isBusy: boolean
  /** A suggested password is seen, so that it can be written down. */
  readonly isShown: boolean
  /** What is not right, or went wrong. */
  readonly told: string | undefined
}

export type Purpose = 'register' | 'login' | 'recover'
export type FieldName = keyof Words['screen']['fields']

const formFields: Readonly<Record<Purpose, readonly FieldName[]>> = {
  register: ['server', 'handle', 'name', 'password', 'again', 'code'],
  login: ['server', 'handle', 'password'],
  recover: ['server', 'handle', 'words', 'password', 'again'],
}

export const welcomeChoices = ['register', 'login', 'recover', 'language', 'quit'] as const

export type EntranceHappening =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'suggested'; readonly passphrase: string }
  | { readonly kind: 'failed'; readonly told: string }

export type EntranceEffect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'keep-language'; readonly language: Language }
  | { readonly kind: 'suggest' }
  | { readonly kind: 'enter'; readonly purpose: Purpose; readonly given: Given }
  /** The words are written down. */
  | { readonly kind: 'arrived' }

/** What the form says, checked as far as can be without the server. */
export interface Given {
  readonly server: string
  readonly handle: string
  readonly name: string
  readonly password: string
  /** The invite. */
  readonly code: string | undefined
  /** Of the recovery sheet, with which an account is taken back. */
  readonly recovery: RecoveryCode | undefined
  /** The link, where it leads into a group. */
  readonly join?: string
}

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
    case 'failed':
      if (page.kind !== 'form') return step(entrance)
      return step({ ...entrance, page: { ...page, isBusy: false, told: happening.told } })
    default:
      return happening satisfies never
  }
}

export function fieldsOf({ purpose }: Form): readonly FieldName[] {
  return formFields[purpose]
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

function openForm(purpose: Purpose, server: string | undefined, handle: string): Form {
  const fields = {
    server: fieldOf(server ?? ''),
    handle: fieldOf(handle),
    name: emptyField,
    words: emptyField,
    password: emptyField,
    again: emptyField,
    code: emptyField,
  }
  return { kind: 'form', purpose, fields, at: 0, isBusy: false, isShown: false, told: undefined }
}

function onFormKey(entrance: Entrance, form: Form, key: Key): EntranceStep {
  if (form.isBusy) return step(entrance)
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
        return form.purpose === 'login' ? step(entrance) : step(entrance, { kind: 'suggest' })
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
    const told = words.screen.wrongFields[checked.reason]
    return step({ ...entrance, page: { ...form, at: fieldsOf(form).indexOf(checked.field), told } })
  }
  const page: Form = { ...form, isBusy: true, told: undefined }
  return step({ ...entrance, page }, { kind: 'enter', purpose: form.purpose, given: checked.given })
}

type Checked =
  | { readonly kind: 'right'; readonly given: Given }
  | {
      readonly kind: 'wrong'
      readonly field: FieldName
      readonly reason: keyof Words['screen']['wrongFields']
    }

export function check({ purpose, fields }: Form): Checked {
  const wrong = (field: FieldName, reason: keyof Words['screen']['wrongFields']): Checked => {
    return { kind: 'wrong', field, reason }
  }
  const invite = parseInvite(fields.server.text.trim())
  const server = serverOf(invite.server ?? fields.server.text)
  if (server === undefined) return wrong('server', 'server')
  const handle = fields.handle.text.trim().replace(/^@/, '')
  if (handle === '') return wrong('handle', 'handle')
  const recovery = purpose === 'recover' ? recoveryOf(fields.words.text) : undefined
  if (purpose === 'recover' && recovery === undefined) return wrong('words', 'words')
  const password = fields.password.text
  if (purpose !== 'login' && isWeakPassword(password)) return wrong('password', 'weak')
  if (password === '') return wrong('password', 'empty')
  if (purpose !== 'login' && fields.again.text !== password) return wrong('again', 'different')
  const written = fields.code.text.trim()
  const code =
    invite.server === undefined ? (written === '' ? undefined : parseInvite(written).code) : invite.code
  const name = fields.name.text.trim() === '' ? handle : fields.name.text.trim()
  const { join } = invite
  return { kind: 'right', given: { server, handle, name, password, code, recovery, ...(join && { join }) } }
}

/** As somebody copied them from paper; undefined when a word is wrong. */
function recoveryOf(text: string): RecoveryCode | undefined {
  try {
    return parseRecoveryCode(text)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

/** People write addresses without https://; a server on the same machine has none. */
export function serverOf(text: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || /\s/.test(trimmed)) return undefined
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(trimmed)
  const whole = trimmed.includes('://') ? trimmed : `${isLocal ? 'http' : 'https'}://${trimmed}`
  const url = URL.parse(whole)
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : undefined
}

function step(entrance: Entrance, ...effects: readonly EntranceEffect[]): EntranceStep {
  return { entrance, effects }
}
