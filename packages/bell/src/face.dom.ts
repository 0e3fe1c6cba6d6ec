/** What the bell looks like; nothing in it changes its size. */
import { make } from './build.dom.ts'
import css from './style.css'

/** One for all shadow roots of the page: no element, no attribute, so that no policy of the host's has to allow it. */
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

const svg = 'http://www.w3.org/2000/svg'

export function openRoot(host: HTMLElement): ShadowRoot {
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [sheet]
  return root
}

/** @returns the bell's button and what sets its state: `stale` is struck through, `critical` rings */
export function drawBell(root: ShadowRoot, name: string, offline: string) {
  const icon = document.createElementNS(svg, 'svg')
  const path = document.createElementNS(svg, 'path')
  icon.setAttribute('viewBox', '0 0 24 24')
  icon.append(path)
  const button = make(
    'button',
    { type: 'button', part: 'bell', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' },
    icon,
    make('span', { 'data-key': 'bell' }, make('span', {}, name)),
  )
  const live = make('span', { role: 'status' })
  root.replaceChildren(button, live)
  const setState = (state: string, isCritical = false): void => {
    const isStale = state === 'stale'
    button.dataset.state = state
    button.title = isStale ? offline : ''
    const d = `M6 17v-6a6 6 0 0 1 12 0v6l2 2H4zM10 22h4${isCritical ? 'M2 10a9 9 0 0 1 3-7M22 10a9 9 0 0 0-3-7' : ''}${isStale ? 'M3 3l18 18' : ''}`
    path.setAttribute('d', d)
  }
  setState('')
  return { button, live, setState }
}
