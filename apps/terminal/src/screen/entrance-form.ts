/** The forms of the entrance: their fields, and what they say, checked as far as can be without the server. */
import { isWeakPassword, parseLinkingCode, parseRecoveryCode, type RecoveryCode } from '@veche/client'
import { DecodeError } from '@veche/protocol'
import { parseInvite } from '../invite.ts'
import type { Words } from '../words/en.ts'
import { emptyField, fieldOf, type TextField } from './text-field.ts'

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
  /** What both devices show while an old one lets this one in. */
  readonly digits?: string
}

export type Purpose = 'register' | 'login' | 'link' | 'recover'
export type FieldName = keyof Words['screen']['entrance']['fields']

const formFields: Readonly<Record<Purpose, readonly FieldName[]>> = {
  register: ['server', 'handle', 'name', 'password', 'again', 'code'],
  login: ['server', 'handle', 'password'],
  link: ['server', 'linking'],
  recover: ['server', 'handle', 'words', 'password', 'again'],
}

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
  /** Fingerprint of the authority that certifies the server, where a link names it. */
  readonly authority?: string
}

/** What a form asks the server for. */
export type Entering =
  | { readonly kind: 'enter'; readonly purpose: Exclude<Purpose, 'link'>; readonly given: Given }
  /** `code`: as another device of the account shows it. */
  | { readonly kind: 'link'; readonly server: string; readonly code: string }

export function fieldsOf({ purpose }: Form): readonly FieldName[] {
  return formFields[purpose]
}

export function openForm(purpose: Purpose, server: string | undefined, handle: string): Form {
  const fields = {
    server: fieldOf(server ?? ''),
    handle: fieldOf(handle),
    name: emptyField,
    linking: emptyField,
    words: emptyField,
    password: emptyField,
    again: emptyField,
    code: emptyField,
  }
  return { kind: 'form', purpose, fields, at: 0, isBusy: false, isShown: false, told: undefined }
}

export type Checked =
  | { readonly kind: 'right'; readonly entering: Entering }
  | {
      readonly kind: 'wrong'
      readonly field: FieldName
      readonly reason: keyof Words['screen']['entrance']['wrongFields']
    }

export function check({ purpose, fields }: Form): Checked {
  const wrong = (field: FieldName, reason: keyof Words['screen']['entrance']['wrongFields']): Checked => {
    return { kind: 'wrong', field, reason }
  }
  const invite = parseInvite(fields.server.text.trim())
  const server = serverOf(invite.server ?? fields.server.text)
  if (server === undefined) return wrong('server', 'server')
  if (purpose === 'link') {
    const code = fields.linking.text.trim()
    return isLinkingCode(code)
      ? { kind: 'right', entering: { kind: 'link', server, code } }
      : wrong('linking', 'linking')
  }
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
  const { join, authority } = invite
  const more = { ...(join && { join }), ...(authority && { authority }) }
  const given = { server, handle, name, password, code, recovery, ...more }
  return { kind: 'right', entering: { kind: 'enter', purpose, given } }
}

/** What was written goes to nobody unless it is such a code (A4). */
function isLinkingCode(text: string): boolean {
  return parsed(parseLinkingCode, text) !== undefined
}

/** As somebody copied them from paper; undefined when a word is wrong. */
function recoveryOf(text: string): RecoveryCode | undefined {
  return parsed(parseRecoveryCode, text)
}

function parsed<T>(parse: (text: string) => T, text: string): T | undefined {
  try {
    return parse(text)
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
