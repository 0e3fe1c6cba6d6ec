import css from './style.css'

/** One for all shadow roots of the page: no element, no attribute, so that no policy of the host's has to allow it. */
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

export function openRoot(host: HTMLElement): ShadowRoot {
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [sheet]
  return root
}
