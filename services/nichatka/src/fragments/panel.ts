import type { Group } from '../domain.ts'
import type { ListRequest } from '../request/list-request.ts'
import type { MessageList } from '../store.ts'
import { boxesFragment, placeOf } from './boxes.ts'
import { composeFragment, type NewForm } from './compose.ts'
import { filtersFragment } from './filters.ts'
import { hiddenGroups } from './groups.ts'
import { type Html, html } from './html.ts'
import { listFragment } from './list.ts'
import { emptyNews } from './news.ts'
import { emptyNotice } from './notice.ts'
import type { Reader } from './reader.ts'

export interface PanelParts {
  readonly list: MessageList
  readonly groups: readonly Group[]
  readonly form: NewForm
}

/** The whole panel (N10). */
export function panelFragment(
  { list, groups, form }: PanelParts,
  request: ListRequest,
  reader: Reader,
): Html {
  const { words } = reader
  const boxes = boxesFragment(placeOf(request), words)
  const filters = filtersFragment(request, groups, words)
  return html`<section data-key="panel" aria-labelledby="n-title"><header><h2 id="n-title" tabindex="-1" data-focus="">${words.title}</h2><button type="button" data-close="" data-quiet="" aria-label="${words.close}">×</button></header>${boxes}${emptyNotice}${composeFragment(form, words)}${hiddenGroups}${filters}${emptyNews}${listFragment(list, request, reader)}<p><small>${words.notEncrypted}</small></p></section>`
}
