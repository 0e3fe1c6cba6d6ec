/** The places where a group is made or changed, where people are added to it, and where they stand with their roles. */
import type { GroupMember } from '@veche/client'
import { personText } from '../message-view.ts'
import { clip, width } from '../text-width.ts'
import type { Words } from '../words/en.ts'
import { offered } from './group-offers.ts'
import {
  type AddPeople,
  accessTo,
  type GroupForm,
  type GroupFormRow,
  type GroupId,
  isOpenGroup,
  type PeoplePlace,
  type PeopleRow,
  peopleRows,
  personActs,
} from './group-state.ts'
import { formRows } from './group-steps.ts'
import { blank, edges, type Line, line, type Pane, type Size, span, styled } from './line.ts'
import { type Look, lookOf, marks } from './look.ts'
import { nameColour } from './name-colour.ts'
import { choiceLines, rule, scrolled, textLines, title, writtenField } from './pane-parts.ts'
import { rowText, titleOf } from './shown-text.ts'
import type { Talk } from './talk-state.ts'

/** One field or choice below the other, the one that has the keys always in sight. */
export function groupFormPane(talk: Talk, place: GroupForm, { columns, rows }: Size): Pane {
  const { screen } = lookOf(talk).words
  const isNew = place.chat === undefined
  const body: Line[] = []
  let focus = { from: 0, to: 0 }
  let cursor: Pane['cursor']
  for (const row of formRows(talk, place)) {
    const isHere = place.at === row
    const from = body.length
    const { above, lines, cursor: written } = formRow(row, place, columns, screen)
    body.push(...above, ...lines)
    if (isHere) focus = { from, to: body.length - 1 }
    if (isHere && written) cursor = { x: written.x, y: body.length - 1 }
    if (row !== 'all') body.push(blank)
  }
  if (place.isBusy) body.push(line(screen.groupBusy[isNew ? 'make' : 'change'], { dim: true }))
  else if (place.told !== undefined) body.push(...told(place.told, columns))
  if (place.isBusy || place.told !== undefined) focus = { ...focus, to: body.length - 1 }
  const head = [title(isNew ? screen.newGroup : screen.editGroup), rule(columns)]
  const { seen, hidden } = scrolled(body, focus, rows - head.length)
  return {
    lines: [...head, ...seen],
    ...(cursor && { cursor: { x: cursor.x, y: cursor.y + head.length - hidden } }),
  }
}

function formRow(
  row: GroupFormRow,
  place: GroupForm,
  columns: number,
  { groupFields, groupWriters, groupButtons }: Words['screen'],
): Pane & { readonly above: readonly Line[] } {
  const isHere = place.at === row
  const choice = isHere ? 0 : -1
  switch (row) {
    case 'name':
    case 'description': {
      const above = [line(groupFields[row], { dim: true })]
      if (isHere) return { above, ...writtenField(place[row], 0, columns) }
      const [start] = writtenField({ ...place[row], cursor: 0 }, 0, columns).lines
      return { above, lines: [[span('  '), ...start!.slice(1)]] }
    }
    case 'all':
    case 'admins': {
      const above = row === 'all' ? [line(groupFields.writers, { dim: true })] : []
      const isOn = (row === 'admins') === place.announce
      const text = `${isOn ? marks.on : marks.off} ${groupWriters[row]}`
      return { above, lines: choiceLines([text], choice) }
    }
    case 'button':
      return {
        above: [],
        lines: choiceLines([groupButtons[place.chat === undefined ? 'make' : 'keep']], choice),
      }
    default:
      return row satisfies never
  }
}

export function addPeoplePane(talk: Talk, place: AddPeople, { columns, rows }: Size): Pane {
  const look = lookOf(talk)
  const { screen } = look.words
  const { field, choice, isBusy } = place
  const head = [title(screen.addPeople(nameOf(talk, place.chat, look))), rule(columns)]
  const question = textLines(screen.whoToAdd, columns)
  const asked = writtenField(field, question.length + 1, columns, field.text.startsWith('@') ? '' : '@')
  const after = isBusy
    ? textLines(screen.groupBusy.add, columns, true)
    : place.told === undefined
      ? textLines(screen.enterToAdd, columns, true)
      : told(place.told, columns)
  const people = offered(talk, place)
  const heading = place.found === undefined ? screen.yourContacts : screen.foundToAdd
  const above = [
    ...question,
    blank,
    ...asked.lines,
    blank,
    ...after,
    ...(people.length > 0 ? [blank, line(heading, { dim: true })] : []),
  ]
  const list = people.map((person, index): Line => {
    const isHere = index + 1 === choice
    return [span(isHere ? ` ${marks.chosen} ` : '   '), span(personText(person), { inverse: isHere })]
  })
  const at = choice === 0 ? question.length + 1 : above.length + choice - 1
  const from = choice === 0 ? 0 : at
  const { seen, hidden } = scrolled([...above, ...list], { from, to: at }, rows - head.length)
  const y = question.length + 1 + head.length - hidden
  return { lines: [...head, ...seen], ...(choice === 0 && { cursor: { x: asked.cursor!.x, y } }) }
}

export function peoplePane(talk: Talk, place: PeoplePlace, size: Size): Pane {
  const look = lookOf(talk)
  const { group } = talk
  const name = nameOf(talk, place.chat, look)
  if (group === undefined || group.chat !== place.chat)
    return { lines: [title(look.words.screen.people(name)), rule(size.columns)] }
  if (place.asked !== undefined) return askedPane(talk, place, size, look)
  const member = group.members.find(({ account }) => account === place.chosen)
  if (member !== undefined) return personPane(talk, place, member, size, look)
  return listPane(talk, place, size, look)
}

function listPane(talk: Talk, place: PeoplePlace, { columns, rows }: Size, look: Look): Pane {
  const { screen } = look.words
  const group = talk.group!
  const count = span(` ${screen.groupPeople(group.members.length)}`, { dim: true })
  const name = nameOf(talk, place.chat, look)
  const head = [
    edges(title(screen.people(name)), [count], columns),
    rule(columns),
    ...(place.isBusy ? [line(screen.groupBusy.change, { dim: true })] : []),
    ...(place.told === undefined ? [] : told(place.told, columns)),
  ]
  const item = talk.chats.find(({ chat }) => chat === place.chat)
  const description = item?.type === 'group' ? rowText(item.description) : ''
  const body: (() => Line)[] = []
  const push = (lines: readonly Line[]) => body.push(...lines.map((each) => () => each))
  const access = accessTo(talk, place.chat)
  if (description !== '') push([...textLines(description, columns, true), blank])
  if (access.isForAll) push([...textLines(screen.openToAll, columns, true), blank])
  const all = peopleRows(group, access)
  const choice = Math.min(place.choice, all.length - 1)
  let at = 0
  for (const [index, row] of all.entries()) {
    const before = all[index - 1]
    const isFirstBanned = row.kind === 'banned' && before?.kind !== 'banned'
    if (before !== undefined && (isFirstBanned || isOfMember(before) !== isOfMember(row))) push([blank])
    if (isFirstBanned) push([line(screen.banned, { dim: true })])
    if (index === choice) at = body.length
    body.push(() => rowLine(row, index === choice, columns, look))
  }
  const { seen } = scrolled(body, { from: choice === 0 ? 0 : at, to: at }, rows - head.length)
  return { lines: [...head, ...seen.map((lineOf) => lineOf())] }
}

function isOfMember({ kind }: PeopleRow): boolean {
  return kind === 'member'
}

function rowLine(row: PeopleRow, isHere: boolean, columns: number, look: Look): Line {
  const { screen } = look.words
  if (row.kind === 'member') return memberLine(row.member, isHere, columns, look)
  const text = row.kind === 'banned' ? screen.unban(personText(row.person)) : screen.peopleRows[row.kind]
  return choiceLines([text], isHere ? 0 : -1)[0]!
}

/** "▸ Вера Петрова  @vera ✓            владелец": the name never stands here without the handle (attack C11). */
function memberLine(member: GroupMember, isHere: boolean, columns: number, { words }: Look): Line {
  const { handle, role, you, verified, binding } = member
  const name = you ? words.labels.you : rowText(member.name)
  const sign = verified ? ` ${marks.verified}` : binding === 'bound' ? '' : ` ${marks.changed}`
  const at = handle === '' ? '' : `  @${rowText(handle)}`
  const right = ` ${words.screen.roles[role]} `
  const room = columns - 4 - width(right) - width(sign)
  const shortName = clip(name, Math.max(1, Math.max(room - width(at), Math.floor(room / 2))))
  const left: Line = [
    span(isHere ? ` ${marks.chosen}  ` : '    '),
    span(shortName, { bold: true, ...(!you && !isHere && { colour: nameColour(member.account) }) }),
    span(clip(at, Math.max(0, room - width(shortName))), { dim: true }),
    span(sign, isHere ? {} : { colour: verified ? 'green' : 'yellow' }),
  ]
  const whole = edges(left, [span(right, { dim: true })], columns)
  return isHere ? styled(whole, { inverse: true, dim: false }) : whole
}

function personPane(
  talk: Talk,
  place: PeoplePlace,
  member: GroupMember,
  { columns, rows }: Size,
  { words }: Look,
): Pane {
  const { screen, labels } = words
  const acts = isOpenGroup(talk, place.chat) ? personActs(talk.group!, member) : (['back'] as const)
  const mark = member.verified ? [span(` ${marks.verified} ${labels.verified}`, { colour: 'green' })] : []
  const role = [span(` ${screen.roles[member.role]}`, { dim: true })]
  const head = [edges([span(personText(member), { bold: true }), ...mark], role, columns), rule(columns)]
  const above = member.binding === 'bound' ? [] : [...told(screen.otherAccount, columns), blank]
  const after = place.isBusy
    ? [blank, line(screen.groupBusy.change, { dim: true })]
    : place.told === undefined
      ? []
      : [blank, ...told(place.told, columns)]
  const choices = choiceLines(
    acts.map((each) => screen.personActs[each]),
    place.at,
  )
  const at = above.length + place.at
  const to = after.length > 0 && place.at === acts.length - 1 ? at + after.length : at
  const { seen } = scrolled([...above, ...choices, ...after], { from: at, to }, rows - head.length)
  return { lines: [...head, ...seen] }
}

function askedPane(talk: Talk, place: PeoplePlace, { columns, rows }: Size, look: Look): Pane {
  const { screen } = look.words
  const asked = place.asked!
  const members = talk.group!.members
  const own = members.find(({ you }) => you)
  const who = members.find(({ account }) => account === place.chosen)
  const name = who === undefined ? '' : personText(who)
  const isLastOwner = own?.role === 'owner' && members.filter(({ role }) => role === 'owner').length === 1
  const question =
    asked === 'open' || asked === 'close'
      ? screen.groupQuestions[asked]
      : asked === 'leave'
        ? screen.groupQuestions[isLastOwner && members.length > 1 ? 'leaveOwner' : 'leave']
        : screen.groupQuestions[asked](name)
  const after = place.isBusy
    ? [blank, line(screen.groupBusy.change, { dim: true })]
    : place.told === undefined
      ? []
      : [blank, ...told(place.told, columns)]
  const above = [...textLines(question, columns), blank]
  const choices = choiceLines([screen.personActs[asked], screen.personActs.back], place.at)
  const to = above.length + choices.length + after.length - 1
  const head = [title(screen.personActs[asked]), rule(columns)]
  const at = above.length + place.at
  const { seen } = scrolled([...above, ...choices, ...after], { from: at, to }, rows - head.length)
  return { lines: [...head, ...seen] }
}

function nameOf({ chats }: Talk, chat: GroupId, look: Look): string {
  const item = chats.find((each) => each.chat === chat)
  return item === undefined ? '' : titleOf(item, look)
}

/** What came of it, or what is wrong. */
function told(text: string, columns: number): Line[] {
  return textLines(rowText(text), columns).map((each) => styled(each, { colour: 'yellow' }))
}
