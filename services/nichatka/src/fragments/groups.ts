import type { Group } from '../domain.ts'
import type { Words } from '../words/words.ts'
import { memberChooser, nameField } from './group-fields.ts'
import { type Html, html } from './html.ts'

/** While messages are shown. */
export const hiddenGroups: Html = html`<section data-key="groups" hidden=""></section>`

/** The groups of the host (N7), and a form to make one. */
export function groupsFragment(groups: readonly Group[], archived: boolean, words: Words): Html {
  const rows = groups.map((group) => groupRow(group, words))
  const list = rows.length > 0 ? html`<ul>${rows}</ul>` : html`<p>${words.noGroups}</p>`
  const other = archived
    ? html`<button type="button" data-quiet="" data-call="GET groups">${words.hideArchived}</button>`
    : html`<button type="button" data-quiet="" data-call="GET groups" data-send="archived=1">${words.showArchived}</button>`
  return html`<section data-key="groups" aria-labelledby="n-groups"><h3 id="n-groups" tabindex="-1" data-focus="">${words.groupsTitle}</h3>${list}<div>${other}</div>${creation(rows.length === 0, words)}</section>`
}

function groupRow({ id, name, memberCount, isArchived }: Group, words: Words): Html {
  const mark = isArchived && html` <mark>${words.archivedMark}</mark>`
  return html`<li><button type="button" data-call="GET groups/${id}"><bdi>${name}</bdi></button> <small>${words.members(memberCount)}</small>${mark}</li>`
}

function creation(isOpen: boolean, words: Words): Html {
  return html`<details${isOpen && html` open=""`}><summary>${words.createGroup}</summary><form data-call="POST groups" aria-label="${words.createGroup}">${nameField('', words)}${memberChooser('member', words)}<div><button type="submit">${words.create}</button></div></form></details>`
}
