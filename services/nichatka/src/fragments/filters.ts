import { type Group, maxNameQueryLength, maxQueryLength, statuses } from '../domain.ts'
import type { FilterName, ListRequest } from '../request/list-request.ts'
import type { Words } from '../words/words.ts'
import { compact, type Html, html } from './html.ts'
import { madeOnce } from './made-once.ts'
import { type Choice, colorChoices, options, priorityChoices } from './options.ts'

/** While groups are shown there is nothing to filter. */
export const hiddenFilters: Html = html`<div data-key="filters" hidden=""></div>`

/** The form of filters, which shows what it finds while it is filled in. Open where one is in force. */
export function filtersFragment(request: ListRequest, groups: readonly Group[], words: Words): Html {
  if ([...request.values.keys()].some((name) => name !== 'box')) return form(request, groups, words, true)
  const known = closedForms(groups)(words)
  const key = `${request.path} ${request.filter.box}`
  const closed = known.get(key) ?? compact(form(request, groups, words, false))
  known.set(key, closed)
  return closed
}

/** In every panel: the same for all of a host, by what shows which box. */
const closedForms = madeOnce((_groups: readonly Group[]) =>
  madeOnce((_words: Words) => new Map<string, Html>()),
)

function form(request: ListRequest, groups: readonly Group[], words: Words, hasFilters: boolean): Html {
  const { path, filter } = request
  const isOpen = hasFilters && html` open=""`
  const reset = path === 'history' ? 'box=all' : `box=${filter.box}`
  const controls = controlsOf(request, groups, words).map((control) => controlFragment(control, request))
  return html`<details data-key="filters"${isOpen}><summary>${words.filters}</summary><form data-call="GET ${path}" data-send="part=list" data-live="" role="search" aria-label="${words.filters}">${path === 'panel' && html`<input type="hidden" name="box" value="${filter.box}">`}${controls}<div><button type="submit">${words.apply}</button><button type="button" data-quiet="" data-call="GET ${path}" data-send="${reset}">${words.reset}</button></div></form></details>`
}

type Control = { readonly name: FilterName; readonly label: string } & (
  | { readonly type: 'date' }
  | { readonly type: 'text' | 'search'; readonly maxLength: number }
  | { readonly choices: readonly Choice[] }
)

function controlsOf({ path }: ListRequest, groups: readonly Group[], words: Words): Control[] {
  const all = path === 'history'
  return [
    { name: 'q', label: words.search, type: 'search', maxLength: maxQueryLength },
    ...(all ? [{ name: 'box', label: words.box, choices: boxChoices(words) } as const] : []),
    { name: 'status', label: words.status, choices: statusChoices(all, words) },
    { name: 'priority', label: words.priority, choices: [['', words.any], ...priorityChoices(words)] },
    {
      name: 'color',
      label: words.color,
      choices: [['', words.anyColor], ['none', words.noColor], ...colorChoices(words)],
    },
    { name: 'from', label: words.from, type: 'text', maxLength: maxNameQueryLength },
    { name: 'to', label: words.to, type: 'text', maxLength: maxNameQueryLength },
    { name: 'group', label: words.group, choices: [['', words.anyGroup], ...groups.map(groupChoice)] },
    { name: 'since', label: words.since, type: 'date' },
    { name: 'until', label: words.until, type: 'date' },
  ]
}

/** Of the control of that name: what it offers, messages offer too. */
export function filterId(name: FilterName): string {
  return `n-f-${name}`
}

function controlFragment(control: Control, { values, filter }: ListRequest): Html {
  const { name, label } = control
  const id = filterId(name)
  const value = values.get(name) ?? (name === 'box' ? filter.box : '')
  const bound = 'maxLength' in control && html` maxlength="${control.maxLength}"`
  const field =
    'type' in control
      ? html`<input type="${control.type}" id="${id}" name="${name}" value="${value}"${bound} autocomplete="off">`
      : html`<select id="${id}" name="${name}">${options(control.choices, value)}</select>`
  return html`<div><label for="${id}">${label}</label>${field}</div>`
}

function boxChoices(words: Words): readonly Choice[] {
  return [
    ['all', words.allBoxes],
    ['incoming', words.incoming],
    ['outgoing', words.outgoing],
  ]
}

/** What stands first is what is shown where nothing is chosen. */
function statusChoices(all: boolean, words: Words): readonly Choice[] {
  const each = statuses.map((status): Choice => [status, words.statusNames[status]])
  return all
    ? [['', words.allStatuses], ...each]
    : [['', words.newAndRead], ...each, ['all', words.allStatuses]]
}

function groupChoice({ id, name }: Group): Choice {
  return [String(id), name]
}
