import bellCss from './bell.css'

/**
 * One of each for all shadow roots of the page: no element, no attribute, so that no policy of the host's has to allow it. The panel's is
 * empty until it is asked for.
 */
const sheets = [new CSSStyleSheet(), new CSSStyleSheet()]
sheets[0]!.replaceSync(bellCss)
let dressed: Promise<unknown> | undefined

export function openRoot(host: HTMLElement): ShadowRoot {
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = sheets
  return root
}

/** Loads the panel's style sheet, once. Resolves also when it did not come: the next opening asks again. */
export function dressPanel(load: () => Promise<string>): Promise<unknown> {
  dressed ??= load().then(
    (text) => sheets[1]!.replace(text),
    () => (dressed = undefined),
  )
  return dressed
}
