/** The place where a group's invite links are seen, made and taken back, and what is asked for there. */
import type { GroupInvite, NewInvite, RoleName } from '@veche/client'
import type { GroupId } from './group-state.ts'
import type { Talk } from './talk-state.ts'

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
  /** Of who comes by it; undefined: that of joiners. */
  readonly role?: RoleName | undefined
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
  | { readonly kind: 'role'; readonly role: RoleName | undefined }
  | { readonly kind: 'history'; readonly history: boolean }
  | { readonly kind: 'register'; readonly register: boolean }
  | { readonly kind: 'make' }

const termRows: readonly LinkFormRow[] = [
  ...linkDays.map((days) => ({ kind: 'days', days }) as const),
  ...linkUses.map((uses) => ({ kind: 'uses', uses }) as const),
]
const entryRows: readonly LinkFormRow[] = [
  { kind: 'entry', approve: false },
  { kind: 'entry', approve: true },
  ...[false, true].map((history) => ({ kind: 'history', history }) as const),
]
const rowsForAdministrators: readonly LinkFormRow[] = [false, true].map(
  (register) => ({ kind: 'register', register }) as const,
)

/** From the least to the highest. */
const roles: readonly RoleName[] = ['reader', 'member', 'admin', 'owner']

/** Nobody gives a role above their own. */
export function linkFormRows({ account, chats }: Talk, { chat }: Pick<LinksPlace, 'chat'>): LinkFormRow[] {
  const group = chats.find((each) => each.chat === chat)
  const given = group?.type === 'group' ? roles.slice(0, roles.indexOf(group.role) + 1) : []
  const roleRows = [undefined, ...given].map((role) => ({ kind: 'role', role }) as const)
  const own = account.administrator ? rowsForAdministrators : []
  return [...termRows, ...roleRows, ...entryRows, ...own, { kind: 'make' }]
}
