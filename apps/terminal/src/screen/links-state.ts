/** The place where a group's invite links are seen, made and taken back, and what is asked for there. */
import type { GroupInvite, NewInvite, ReadyAccount } from '@veche/client'
import type { GroupId } from './group-state.ts'

export interface LinksPlace {
  readonly kind: 'links'
  readonly chat: GroupId
  /** Those that live; undefined until the server has told on what terms. */
  readonly links: readonly GroupInvite[] | undefined
  readonly view: LinksView
  /** The row in what is shown. */
  readonly at: number
  readonly isBusy: boolean
  readonly told: string | undefined
}

export type LinksView =
  | { readonly kind: 'list' }
  /** On what terms a new one is to be made. */
  | { readonly kind: 'form'; readonly terms: LinkTerms }
  /** Shown this once. */
  | { readonly kind: 'made'; readonly link: string; readonly isDrawn: boolean }
  /** Whether this one is to be taken back. */
  | { readonly kind: 'one'; readonly id: string }

export interface LinkTerms {
  readonly days: (typeof linkDays)[number]
  readonly uses: (typeof linkUses)[number]
  /** Who opens it asks, and is let in by somebody who adds people. */
  readonly approve: boolean
  /** Who comes by it also reads what was written before. */
  readonly history: boolean
  /** Who has no account on the server yet makes one by it; for administrators. */
  readonly register: boolean
}

export const linkDays = [1, 7, 90] as const
export const linkUses = [1, 1000] as const

export type LinksAct =
  | { readonly kind: 'links'; readonly chat: GroupId }
  | {
      readonly kind: 'make-link'
      readonly chat: GroupId
      readonly terms: NewInvite
      readonly register: boolean
    }
  | { readonly kind: 'revoke-link'; readonly chat: GroupId; readonly id: string }

export type LinksHappening =
  | { readonly kind: 'links'; readonly chat: GroupId; readonly links: readonly GroupInvite[] }
  | { readonly kind: 'link-made'; readonly chat: GroupId; readonly link: string }

export function linksPlace(chat: GroupId): LinksPlace {
  const view = { kind: 'list' } as const
  return { kind: 'links', chat, links: undefined, view, at: 0, isBusy: false, told: undefined }
}

/** What the form of a new link can stand on, from above. */
export type LinkFormRow =
  | { readonly kind: 'entry'; readonly approve: boolean }
  | { readonly kind: 'days'; readonly days: LinkTerms['days'] }
  | { readonly kind: 'uses'; readonly uses: LinkTerms['uses'] }
  | { readonly kind: 'history'; readonly history: boolean }
  | { readonly kind: 'register'; readonly register: boolean }
  | { readonly kind: 'make' }

const rowsForAll: readonly LinkFormRow[] = [
  ...linkDays.map((days) => ({ kind: 'days', days }) as const),
  ...linkUses.map((uses) => ({ kind: 'uses', uses }) as const),
  { kind: 'entry', approve: false },
  { kind: 'entry', approve: true },
  ...[false, true].map((history) => ({ kind: 'history', history }) as const),
]
const rowsForAdministrators: readonly LinkFormRow[] = [false, true].map(
  (register) => ({ kind: 'register', register }) as const,
)

export function linkFormRows({ administrator }: Pick<ReadyAccount, 'administrator'>): readonly LinkFormRow[] {
  return [...rowsForAll, ...(administrator ? rowsForAdministrators : []), { kind: 'make' }]
}
