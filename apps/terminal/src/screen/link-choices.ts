/** What can be done about a link that was just made; the view and the keys go through the same list. */
import type { LinksView } from './links-state.ts'
import { qrLines } from './qr-lines.ts'
import { paneSize } from './sizes.ts'
import type { Talk } from './talk-state.ts'

export type LinkChoice = 'draw' | 'back'

export function linkChoices(
  talk: Talk,
  { link, isDrawn }: Pick<Extract<LinksView, { kind: 'made' }>, 'link' | 'isDrawn'>,
): LinkChoice[] {
  const isRoom = !isDrawn && qrLines(link, paneSize(talk)) !== undefined
  return isRoom ? ['draw', 'back'] : ['back']
}
