/** What the right side shows besides a conversation; each empty place says what will be here. */

import type { FoundGroup, Request } from '@veche/client'
import { peerOf } from '../chat-peer.ts'
import { keptText } from '../kept-view.ts'
import { personText } from '../message-view.ts'
import { width } from '../text-width.ts'
import { isWithdrawable } from './chat-list.ts'
import { devicesPane } from './devices-view.ts'
import { addPeoplePane, groupFormPane, peoplePane } from './group-views.ts'
import { keptPlaces } from './keeping-places.ts'
import { keysPane } from './keys-pane.ts'
import { blank, type Line, line, type Pane, type Size, span, styled } from './line.ts'
import { linksPane } from './links-view.ts'
import { type Look, lookOf, marks } from './look.ts'
import { choiceLines, rule, scrolled, textLines, title, writtenField } from './pane-parts.ts'
import { qrLines } from './qr-lines.ts'
import { safetyChoices } from './safety-choices.ts'
import { settingChoices } from './settings-choices.ts'
import { briefTime, rowText, senderName, titleOf } from './shown-text.ts'
import type {
  Binding,
  KeepingPlace,
  NewChat,
  Place,
  Safety,
  Search,
  SettingsPlace,
  Talk,
} from './talk-state.ts'
import { isLink } from './text-field.ts'

export function placePane(talk: Talk, place: Place, size: Size): Pane {
  const look = lookOf(talk)
  switch (place.kind) {
    case 'new-chat':
      return newChatPane(place, size, look)
    case 'search':
      return searchPane(talk, place, size, look)
    case 'safety':
      return safetyPane(talk, place, size, look)
    case 'devices':
      return devicesPane(talk, place, size)
    case 'settings':
      return settingsPane(talk, place, size, look)
    case 'keeping':
      return keepingPane(talk, place, size, look)
    case 'binding':
      return bindingPane(talk, place, size, look)
    case 'block':
      return blockPane(place, size, look)
    case 'keys':
      return keysPane(place.top, size, look.words)
    case 'group-form':
      return groupFormPane(talk, place, size)
    case 'add-people':
      return addPeoplePane(talk, place, size)
    case 'people':
      return peoplePane(talk, place, size)
    case 'links':
      return linksPane(talk, place, size)
    default:
      return place satisfies never
  }
}

/** Name, handle, what is wished, and what can be answered: nothing else of theirs. */
export function requestPane(talk: Talk, request: Request, { columns }: Size): Pane {
  const { words } = lookOf(talk)
  if (request.direction === 'outgoing') {
    const group = talk.chats.find(({ chat }) => chat === request.chat)
    const handle = `@${rowText(request.handle)}`
    const told = request.group
      ? words.screen.invitedTold[request.status](handle, group ? titleOf(group, { words }) : '')
      : words.screen.askedTold[request.status](handle)
    const [top, text] = request.join
      ? [words.screen.ownJoin, words.screen.joinTold[request.status]]
      : [handle, told]
    const { wait, withdraw } = words.screen.ownJoinChoices
    const choices = choiceLines([wait, withdraw], talk.focus === 'pane' ? talk.choice : -1)
    const below = isWithdrawable(request) ? [blank, ...choices] : []
    return { lines: [title(top), rule(columns), blank, ...textLines(text, columns), ...below] }
  }
  const choices = [words.screen.allow, words.screen.refuse, words.screen.block]
  const hasKeys = talk.focus === 'pane'
  return {
    lines: [
      title(words.screen.request),
      rule(columns),
      blank,
      line(rowText(request.name ?? ''), { bold: true }),
      line(`@${rowText(request.handle)}`),
      blank,
      ...textLines(wishOf(talk, request), columns),
      blank,
      ...choiceLines(choices, hasKeys ? talk.choice : -1),
      blank,
      ...(hasKeys ? [] : textLines(words.screen.enterToAnswer, columns, true)),
    ],
  }
}

function wishOf(talk: Talk, { group, join, chat, link = '' }: Request): string {
  const { words } = lookOf(talk)
  const { wishesToAdd, wantsToWrite, wishesToJoin } = words.screen
  if (!join) return group ? wishesToAdd : wantsToWrite
  const item = talk.chats.find((each) => each.chat === chat)
  return wishesToJoin(item ? titleOf(item, { words }) : (chat ?? ''), link)
}

/** What stands on the right while there is nothing to stand on. */
export function emptyPane(talk: Talk, { columns }: Size): Pane {
  const { words } = lookOf(talk)
  return {
    lines: [
      title(`@${talk.account.handle}`),
      rule(columns),
      blank,
      ...textLines(words.screen.nothingHere, columns),
    ],
  }
}

function newChatPane(place: NewChat, { columns, rows }: Size, { words }: Look): Pane {
  const { field, found = [], groups, choice, isBusy, told } = place
  const top = [title(words.screen.newChat), rule(columns)]
  const question = [...textLines(words.screen.whoToAsk, columns), blank]
  const isJoin = isLink(field.text) || choice > found.length
  const prefix = field.text.startsWith('@') || isLink(field.text) ? '' : '@'
  const asked = writtenField(field, question.length, columns, prefix)
  const { asking, enterToAsk, joining, enterToJoin, foundPeople, foundGroups } = words.screen
  const below = isBusy ? (isJoin ? joining : asking) : (told ?? (isJoin ? enterToJoin : enterToAsk))
  const texts = [...found.map(personText), ...groups.map((group) => foundGroupText(group, words))]
  const list = texts.map((text, index): Line => {
    const isHere = index + 1 === choice
    return [span(isHere ? ` ${marks.chosen} ` : '   '), span(text, { inverse: isHere })]
  })
  const headed = (text: string, lines: readonly Line[]) =>
    lines.length === 0 ? [] : [blank, line(text, { dim: true }), ...lines]
  const body = [
    ...question,
    ...asked.lines,
    blank,
    ...textLines(below, columns, told === undefined),
    ...headed(foundPeople, list.slice(0, found.length)),
    ...headed(foundGroups, list.slice(found.length)),
  ]
  const chosen = list[choice - 1]
  const at = chosen === undefined ? question.length : body.indexOf(chosen)
  const from = chosen === undefined ? 0 : at
  const { seen, hidden } = scrolled(body, { from, to: at }, rows - top.length)
  const cursor = { x: asked.cursor!.x, y: at + top.length - hidden }
  return { lines: [...top, ...seen], ...(chosen === undefined && { cursor }) }
}

/** "Garden · 14 people · Seeds and beds". */
function foundGroupText({ name, people, description }: FoundGroup, { screen }: Look['words']): string {
  const about = rowText(description)
  return [rowText(name), screen.groupPeople(people), ...(about === '' ? [] : [about])].join(' · ')
}

function searchPane(talk: Talk, { field, found, choice, isBusy }: Search, size: Size, look: Look): Pane {
  const { words } = look
  const { columns, rows } = size
  const above = [title(words.screen.search), rule(columns), blank]
  const asked = writtenField(field, above.length, columns)
  const head = [...above, ...asked.lines, blank]
  if (isBusy) return { ...asked, lines: [...head, ...textLines(words.screen.searching, columns, true)] }
  if (found === undefined)
    return { ...asked, lines: [...head, ...textLines(words.screen.searchHere, columns, true)] }
  if (found.length === 0)
    return { ...asked, lines: [...head, ...textLines(words.says.nothingFound, columns)] }
  const room = Math.max(1, Math.floor((rows - head.length) / 2))
  const top = Math.max(0, Math.min(choice - Math.floor(room / 2), found.length - room))
  const results = found.slice(top, top + room).flatMap((message, index) => {
    const isHere = top + index === choice
    const item = talk.chats.find(({ chat }) => chat === message.chat)
    const peer = item && peerOf(item)
    const from = senderName(message.from, talk.account, look)
    const where =
      peer === undefined ? '' : `${rowText(peer.handle === '' ? peer.name : `@${peer.handle}`)} · `
    const heading = [
      span(isHere ? `${marks.chosen} ` : '  '),
      span(where + briefTime(message.at, look), { dim: !isHere, bold: isHere }),
    ]
    const text = excerpt(message.text, field.text, columns - width(from) - 6)
    return [heading, [span('  '), span(from, { bold: true }), span(`  ${text}`)]]
  })
  return { ...asked, lines: [...head, ...results] }
}

/** The part of a text that has what was sought. */
function excerpt(text: string, sought: string, columns: number): string {
  const flat = rowText(text)
  const at = flat.toLowerCase().indexOf(sought.trim().toLowerCase())
  const from = at > columns / 2 ? at - Math.floor(columns / 3) : 0
  return from === 0 ? flat : `…${flat.slice(from)}`
}

const groupsInLine = 4

function safetyPane(talk: Talk, place: Safety, size: Size, { words }: Look): Pane {
  const { compared, code, isDrawn, choice } = place
  const above = [title(words.screen.safety), rule(size.columns)]
  if (compared === undefined) return { lines: above }
  const choices = choiceLines(
    safetyChoices(talk, place).map((each) => words.screen.safetyChoices[each]),
    choice,
  )
  const drawn = isDrawn && code !== undefined ? qrLines(code, size) : undefined
  if (drawn !== undefined) return { lines: [...above, ...drawn, ...choices] }
  const mark = line(`${marks.verified} ${words.screen.isVerified}`, { colour: 'green' })
  return {
    lines: [
      ...above,
      blank,
      ...textLines(words.screen.compare(personText(compared)), size.columns),
      blank,
      ...numberLines(compared.safetyNumber),
      blank,
      ...(compared.verified ? [mark, blank] : []),
      ...choices,
      ...remarked(talk, size),
    ],
  }
}

/** 12 groups of 5 digits, four in a row. */
function numberLines(safetyNumber: string): Line[] {
  const groups = safetyNumber.split(' ')
  return [0, 4, 8].map((start) =>
    line(`    ${groups.slice(start, start + groupsInLine).join('  ')}`, { bold: true }),
  )
}

function bindingPane(talk: Talk, { change, choice }: Binding, size: Size, { words }: Look): Pane {
  const above = [title(words.screen.changedBinding), rule(size.columns), blank]
  if (change === undefined) return { lines: [...above, ...remarked(talk, size)] }
  const { same, later, back } = words.screen.bindingChoices
  return {
    lines: [
      ...above,
      ...textLines(words.says.changedBinding(rowText(change.handle)), size.columns),
      blank,
      ...textLines(words.says.newSafetyNumber, size.columns),
      blank,
      ...numberLines(change.safetyNumber),
      blank,
      ...choiceLines([same, later, back], choice),
    ],
  }
}

/** Where this chat is kept, and what can be changed about it; erasing is asked about once more. */
function keepingPane(talk: Talk, { chat, choice, asked }: KeepingPlace, size: Size, { words }: Look): Pane {
  const item = talk.chats.find((each) => each.chat === chat)
  const above = [title(words.screen.keeping), rule(size.columns), blank]
  if (item === undefined) return { lines: above }
  const { kept } = item
  if (asked !== undefined) {
    const { question, erase } = words.screen.keepingEnds[asked]
    return {
      lines: [
        ...above,
        ...textLines(question, size.columns),
        blank,
        ...choiceLines([erase, words.screen.back], choice),
      ],
    }
  }
  const box = (isOn: boolean, text: string) => `${isOn ? marks.on : marks.off} ${text}`
  const { groupKept } = words.screen
  const told =
    item.type === 'group'
      ? `${groupKept.server[kept.server ? 'on' : 'off']} ${words.says.keptOnDevice[kept.device ? 'on' : 'off']}`
      : keptText(kept, item.with, words)
  const boxes = {
    server: box(kept.ownServer, words.screen.keepOn.server),
    device: box(kept.device, words.screen.keepOn.device),
  }
  return {
    lines: [
      ...above,
      ...textLines(told, size.columns),
      blank,
      ...choiceLines([...keptPlaces(talk, item).map((where) => boxes[where]), words.screen.back], choice),
      blank,
      ...textLines(item.type === 'group' ? groupKept.told : words.screen.keepingTold, size.columns, true),
      ...remarked(talk, size),
    ],
  }
}

/** What went wrong meanwhile. */
function remarked({ remark }: Talk, { columns }: Size): Line[] {
  if (remark === undefined) return []
  return [blank, ...textLines(remark, columns).map((each) => styled(each, { colour: 'yellow' }))]
}

function settingsPane(talk: Talk, { settings, choice }: SettingsPlace, size: Size, { words }: Look): Pane {
  const { columns, rows: height } = size
  const headings = {
    devices: words.screen.devices.title,
    acceptance: words.screen.whoMayWrite,
    visibility: words.screen.visibility,
    told: words.screen.toldOfYou,
    language: words.screen.language,
    blocked: words.screen.blockedPeople,
  }
  const rows = settingChoices(talk).flatMap(({ group, text, isOn }, index, all) => {
    const isFirst = all[index - 1]?.group !== group
    const isKnown = isOn !== undefined && (settings !== undefined || group === 'language' || group === 'told')
    const mark = isKnown ? `${isOn ? marks.on : marks.off} ` : ''
    const isHere = index === choice
    const row: Line = [
      span(isHere ? ` ${marks.chosen} ` : '   '),
      span(`${mark}${text}`, { bold: isOn === true, inverse: isHere }),
    ]
    return isFirst ? [blank, line(headings[group], { dim: true }), row] : [row]
  })
  const { handle, name, server } = talk.account
  const who = line(`${rowText(name)}  @${rowText(handle)}  ${rowText(server)}`, { dim: true })
  const told = remarked(talk, size)
  const room = height - 3 - told.length
  const chosen = rows.findIndex((row) => row[0]?.text.includes(marks.chosen))
  const top = Math.max(0, Math.min(chosen - room + 2, rows.length - room))
  return {
    lines: [title(words.screen.settings), rule(columns), who, ...rows.slice(top, top + room), ...told],
  }
}

function blockPane(
  { handle, choice }: Extract<Place, { kind: 'block' }>,
  { columns }: Size,
  { words }: Look,
): Pane {
  return {
    lines: [
      title(words.screen.block),
      rule(columns),
      blank,
      ...textLines(words.screen.blockTold(`@${rowText(handle)}`), columns),
      blank,
      ...choiceLines([words.screen.block, words.screen.back], choice),
    ],
  }
}
