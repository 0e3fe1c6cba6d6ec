/**
 * The focus is never lost: where what had it goes away or is switched off, the nearest place around it that is still there
 * has it, else the page's main part. Otherwise somebody who hears the page, or goes by keyboard, would be at its beginning.
 */

/** What is worth being in: it has a name, or is small. */
const PLACES = 'form, li, section, aside, dialog, nav, main, [tabindex]'

/** Where nothing of it is left; what is not on show takes no focus. */
const OTHERS = ['#inside', '.side', 'main', 'nav']

/** For as long as the page lives. */
export function keepFocus(document: Document): void {
  let around: readonly Element[] = []
  document.addEventListener('focusin', ({ target }) => {
    around = target instanceof Element ? [target, ...ancestorsOf(target)] : []
  })
  const look = () => {
    const [last] = around
    if (last === undefined || (last.isConnected && !last.matches(':disabled'))) return
    const { activeElement: now, body } = document
    if (now !== null && now !== body && now !== last) return
    const places = around.filter((element) => element !== last && element.matches(PLACES))
    around = []
    const others = OTHERS.flatMap((selector) => document.querySelector(selector) ?? [])
    for (const place of [...places, ...others]) if (takesFocus(place)) return
  }
  const watch = new MutationObserver(look)
  watch.observe(document, { childList: true, subtree: true, attributeFilter: ['disabled'] })
}

function ancestorsOf(element: Element): Element[] {
  const { parentElement } = element
  return parentElement === null ? [] : [parentElement, ...ancestorsOf(parentElement)]
}

function takesFocus(place: Element): boolean {
  if (!(place instanceof HTMLElement) || !place.isConnected) return false
  if (!place.hasAttribute('tabindex')) place.tabIndex = -1
  place.focus({ preventScroll: true })
  return document.activeElement === place
}
