/** What the keys do among a group's invite links. */
import { choose } from './choices.ts'
import type { Key } from './keys.ts'
import { linkChoices } from './link-choices.ts'
import {
  type LinkFormRow,
  type LinksAct,
  type LinksHappening,
  type LinksPlace,
  type LinksView,
  type LinkTerms,
  linkFormRows,
  linksPlace,
} from './links-state.ts'
import { type Step, step, type Talk } from './talk-state.ts'

const dayMs = 86_400_000
const usualTerms: LinkTerms = { days: 7, uses: 1000, approve: false, history: false, register: false }

export function onLinksKey(talk: Talk, place: LinksPlace, key: Key): Step {
  const made = choose(place.at, key, rowsOf(talk, place))
  if (made === undefined || place.isBusy) return step(talk)
  const at = { ...place, at: made.choice }
  return made.isChosen ? onChosen(talk, at) : step({ ...talk, place: at })
}

/** From what is shown to the list; undefined where it is the list. */
export function linksPlaceBefore(place: LinksPlace): LinksPlace | undefined {
  return place.view.kind === 'list' ? undefined : seen(place, { kind: 'list' })
}

/** A link that was just made is shown wherever one is by then: it cannot be shown again. */
export function onLinksHappening(talk: Talk, happening: LinksHappening): Talk {
  const { chat } = happening
  const place = talk.place?.kind === 'links' && talk.place.chat === chat ? talk.place : undefined
  if (happening.kind === 'links')
    return place === undefined ? talk : { ...talk, place: { ...place, links: happening.links } }
  const made = { kind: 'made', link: happening.link, isDrawn: false } as const
  return { ...talk, place: seen(place ?? linksPlace(chat), made) }
}

/** The new link, those that live, or the two answers. */
function rowsOf(talk: Talk, place: LinksPlace): number {
  const { view, links = [] } = place
  switch (view.kind) {
    case 'list':
      return links.length + 1
    case 'form':
      return linkFormRows(talk, place).length
    case 'made':
      return linkChoices(talk, view).length
    case 'one':
      return 2
    default:
      return view satisfies never
  }
}

function onChosen(talk: Talk, place: LinksPlace): Step {
  const { view, chat, at, links = [] } = place
  const to = (next: LinksView, row = 0) => step({ ...talk, place: { ...seen(place, next), at: row } })
  switch (view.kind) {
    case 'list': {
      const link = links[at - 1]
      if (link !== undefined) return to({ kind: 'one', id: link.id }, 1)
      return to({ kind: 'form', terms: usualTerms }, linkFormRows(talk, place).length - 1)
    }
    case 'form':
      return onFormRow(talk, place, view.terms, linkFormRows(talk, place)[at]!)
    case 'made': {
      if (linkChoices(talk, view)[at] === 'draw') return to({ ...view, isDrawn: true })
      return view.isDrawn ? to({ ...view, isDrawn: false }) : to({ kind: 'list' })
    }
    case 'one':
      return at === 1 ? to({ kind: 'list' }) : act(talk, place, { kind: 'revoke-link', chat, id: view.id })
    default:
      return view satisfies never
  }
}

function onFormRow(talk: Talk, place: LinksPlace, terms: LinkTerms, row: LinkFormRow): Step {
  const withTerms = (next: LinkTerms) =>
    step({ ...talk, place: { ...place, view: { kind: 'form', terms: next } } })
  switch (row.kind) {
    case 'entry':
      return withTerms({ ...terms, approve: row.approve, history: terms.history && !row.approve })
    case 'days':
      return withTerms({ ...terms, days: row.days })
    case 'uses':
      return withTerms({ ...terms, uses: row.uses })
    case 'role':
      return withTerms({ ...terms, role: row.role, history: terms.history && row.role === undefined })
    case 'history': {
      const { approve, role } = terms
      const asked = row.history ? { approve: false, role: undefined } : { approve, role }
      return withTerms({ ...terms, ...asked, history: row.history })
    }
    case 'register':
      return withTerms({ ...terms, register: row.register })
    case 'make': {
      const { days, uses, approve, role, history, register } = terms
      return act(talk, place, {
        kind: 'make-link',
        chat: place.chat,
        terms: { expiresMs: days * dayMs, uses, history, ...(approve && { approve }), ...(role && { role }) },
        register,
      })
    }
    default:
      return row satisfies never
  }
}

function act(talk: Talk, place: LinksPlace, what: LinksAct): Step {
  return step({ ...talk, place: { ...place, isBusy: true, told: undefined } }, { kind: 'group', act: what })
}

function seen(place: LinksPlace, view: LinksView): LinksPlace {
  return { ...place, view, at: 0, isBusy: false, told: undefined }
}
