import type { Nickname } from '../domain.ts'
import type { GroupDetails, RecordedChange } from '../store.ts'
import type { Words } from '../words/words.ts'
import { memberChooser, nameField } from './group-fields.ts'
import { type Html, html } from './html.ts'
import { timeOf } from './message.ts'
import type { Reader } from './reader.ts'

/** Members that are shown; the others are taken out by name. */
const maxShown = 300

/** One group: who is in it, what can be changed, and what was (N7). */
export function groupFragment(group: GroupDetails, reader: Reader): Html {
  const { words } = reader
  const { id, name, isArchived } = group
  const mark = isArchived && html` <mark>${words.archivedMark}</mark>`
  const write =
    !isArchived &&
    html`<button type="button" data-call="GET compose" data-send="to=group:${id}">${words.writeToGroup}</button>`
  return html`<section data-key="groups" aria-labelledby="n-groups"><h3 id="n-groups" tabindex="-1" data-focus=""><bdi>${name}</bdi>${mark}</h3><div><button type="button" data-quiet="" data-call="GET groups">${words.backToGroups}</button>${write}</div>${members(group, words)}${forms(group, words)}${changes(group.changes, reader)}</section>`
}

function members(group: GroupDetails, words: Words): Html {
  const rows = group.members.slice(0, maxShown).map((nickname) => member(group, nickname, words))
  const list = rows.length > 0 ? html`<ul>${rows}</ul>` : html`<p>${words.noMembers}</p>`
  const rest = group.memberCount > rows.length && removal(group, words)
  return html`<details open=""><summary>${words.members(group.memberCount)}</summary>${list}${rest}</details>`
}

function member({ id }: GroupDetails, nickname: Nickname, words: Words): Html {
  const send = `remove=${encodeURIComponent(nickname)}`
  return html`<li><bdi>${nickname}</bdi> <button type="button" data-quiet="" data-call="PATCH groups/${id}" data-send="${send}" aria-label="${words.removeMember(nickname)}">${words.remove}</button></li>`
}

function removal({ id }: GroupDetails, words: Words): Html {
  return html`<form data-call="PATCH groups/${id}"><label for="n-g-remove">${words.removeByName}</label><input type="text" id="n-g-remove" name="remove" required="" autocomplete="off"><button type="submit" data-quiet="">${words.remove}</button></form>`
}

function forms({ id, name, isArchived }: GroupDetails, words: Words): Html {
  const call = html` data-call="PATCH groups/${id}"`
  const archive = isArchived
    ? html`<button type="button"${call} data-send="archived=0">${words.restore}</button>`
    : html`<button type="button" data-quiet=""${call} data-send="archived=1">${words.archive}</button>`
  return html`<details><summary>${words.addMembers}</summary><form${call} aria-label="${words.addMembers}">${memberChooser('add', words)}<div><button type="submit">${words.add}</button></div></form></details><details><summary>${words.rename}</summary><form${call} aria-label="${words.rename}">${nameField(name, words)}<div><button type="submit">${words.rename}</button></div></form></details><div>${archive}</div>`
}

function changes(all: readonly RecordedChange[], reader: Reader): Html {
  const rows = all.map(
    ({ atMs, by, what }) =>
      html`<li>${timeOf(atMs, reader)} <bdi>${by}</bdi>: ${reader.words.change[what.kind]}${subjectOf(what)}</li>`,
  )
  return html`<details><summary>${reader.words.changes}</summary><ul>${rows}</ul></details>`
}

function subjectOf(what: RecordedChange['what']): Html {
  if (what.kind === 'created' || what.kind === 'renamed') return html` <bdi>${what.name}</bdi>`
  if (what.kind === 'added' || what.kind === 'removed') return html` <bdi>${what.nickname}</bdi>`
  return html``
}
