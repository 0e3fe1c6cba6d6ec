/** A group's invite links: those that live, a new one with its terms, and that one as text and as a code to scan. */
import type { GroupInvite } from '@veche/client'
import type { Words } from '../words/en.ts'
import { timeOfDay } from '../words/language.ts'
import { blank, type Line, line, type Pane, type Size, styled } from './line.ts'
import { linkChoices } from './link-choices.ts'
import {
  type LinkFormRow,
  type LinksPlace,
  type LinksView,
  type LinkTerms,
  linkFormRows,
} from './links-state.ts'
import { type Look, lookOf, marks } from './look.ts'
import { choiceLines, rule, scrolled, textLines, title } from './pane-parts.ts'
import { qrLines } from './qr-lines.ts'
import { dayText, rowText, titleOf } from './shown-text.ts'
import type { Talk } from './talk-state.ts'

export function linksPane(talk: Talk, place: LinksPlace, size: Size): Pane {
  const look = lookOf(talk)
  const item = talk.chats.find(({ chat }) => chat === place.chat)
  const head = [title(look.words.screen.links.title(item ? titleOf(item, look) : '')), rule(size.columns)]
  const body = bodyOf(talk, place, size, look)
  const after = [...afterwards(place, size, look)]
  const focus = { from: body.at <= 1 ? 0 : body.at, to: after.length > 0 ? body.lines.length : body.at }
  const { seen } = scrolled([...body.lines, ...after], focus, size.rows - head.length)
  return { lines: [...head, ...seen] }
}

interface Body {
  readonly lines: readonly Line[]
  /** The row that has the keys. */
  readonly at: number
}

function bodyOf(talk: Talk, place: LinksPlace, size: Size, look: Look): Body {
  const { view, at } = place
  const { screen } = look.words
  switch (view.kind) {
    case 'list':
      return listBody(place, size, look)
    case 'form':
      return formBody(talk, place, view.terms, screen)
    case 'made':
      return madeBody(talk, view, at, size, look)
    case 'one': {
      const link = place.links?.find(({ id }) => id === view.id)
      const terms = link === undefined ? [] : textLines(linkText(link, look), size.columns, true)
      const above = [...terms, blank, ...textLines(screen.links.askRevoke, size.columns), blank]
      return {
        lines: [...above, ...choiceLines([screen.links.revoke, screen.back], at)],
        at: above.length + at,
      }
    }
    default:
      return view satisfies never
  }
}

function listBody({ links, at }: LinksPlace, { columns }: Size, look: Look): Body {
  const { links: words } = look.words.screen
  const made = choiceLines([words.make], at === 0 ? 0 : -1)
  const told = textLines(words.told, columns, true)
  if (links === undefined) return { lines: [...made, blank, ...told], at }
  const list = choiceLines(
    links.map((link) => linkText(link, look)),
    at - 1,
  )
  const above = [...made, blank, ...(links.length > 0 ? [] : textLines(words.none, columns))]
  return { lines: [...above, ...list, blank, ...told], at: at === 0 ? 0 : above.length + at - 1 }
}

/** "until 20 November, 11:40 · came: 3 of 1,000 · with history". */
function linkText(
  { expiresAt, uses, maxUses, usable, open, history, approve, role }: GroupInvite,
  look: Look,
): string {
  const { terms, over, openLink, reads, asksFirst } = look.words.screen.links
  if (open) return openLink
  const until = `${dayText(expiresAt, look)}, ${timeOfDay(look.language, new Date(expiresAt))}`
  const entry = [...(approve ? [asksFirst] : []), ...(role ? [look.words.screen.roles[role]] : [])]
  const state = usable ? terms(until, uses, maxUses) : over(uses)
  return [state, ...entry, history ? reads.history : reads.later].join(' · ')
}

function formBody(talk: Talk, place: LinksPlace, terms: LinkTerms, screen: Words['screen']): Body {
  const { at } = place
  const rows = linkFormRows(talk, place)
  const lines: Line[] = []
  let focus = 0
  for (const [index, row] of rows.entries()) {
    if (rows[index - 1]?.kind !== row.kind) {
      if (index > 0) lines.push(blank)
      if (row.kind !== 'make') lines.push(line(screen.links.headings[row.kind], { dim: true }))
    }
    if (index === at) focus = lines.length
    lines.push(...choiceLines([rowOf(row, terms, screen)], index === at ? 0 : -1))
  }
  return { lines, at: focus }
}

function rowOf(row: LinkFormRow, terms: LinkTerms, { links: words, roles }: Words['screen']): string {
  const box = (isOn: boolean, text: string) => `${isOn ? marks.on : marks.off} ${text}`
  switch (row.kind) {
    case 'entry':
      return box(terms.approve === row.approve, row.approve ? words.byAnswer : words.atOnce)
    case 'days':
      return box(terms.days === row.days, words.days(row.days))
    case 'uses':
      return box(terms.uses === row.uses, row.uses === 1 ? words.forOne : words.forAll)
    case 'role':
      return box(terms.role === row.role, row.role === undefined ? words.usualRole : roles[row.role])
    case 'history':
      return box(terms.history === row.history, row.history ? words.withHistory : words.fromNowOn)
    case 'register':
      return box(terms.register === row.register, row.register ? words.registers : words.registersNot)
    case 'make':
      return words.make
    default:
      return row satisfies never
  }
}

function madeBody(
  talk: Talk,
  view: Extract<LinksView, { kind: 'made' }>,
  at: number,
  size: Size,
  { words }: Look,
): Body {
  const { links, back, safetyChoices } = words.screen
  const choices = choiceLines(
    linkChoices(talk, view).map((each) => (each === 'draw' ? safetyChoices.draw : back)),
    at,
  )
  const drawn = view.isDrawn ? qrLines(view.link, size) : undefined
  const above = drawn ?? [
    ...textLines(links.made, size.columns),
    blank,
    ...textLines(rowText(view.link), size.columns).map((each) => styled(each, { bold: true })),
    blank,
  ]
  return { lines: [...above, ...choices], at: above.length + at }
}

function afterwards({ isBusy, told }: LinksPlace, { columns }: Size, { words }: Look): Line[] {
  if (isBusy) return [blank, line(words.screen.groupBusy.change, { dim: true })]
  if (told === undefined) return []
  return [blank, ...textLines(rowText(told), columns).map((each) => styled(each, { colour: 'yellow' }))]
}
