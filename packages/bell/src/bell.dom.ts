/**
 * The bell: the number of new messages, and the button that opens the panel.
 *
 * States (`data-state` on its button)
 * - empty: asked for the first time, nothing known.
 * - `fresh`: shows what the service last said. `stale`: the same, but the service could not be reached since.
 * - `out`: nobody is signed in; not seen, asks nothing until an attribute changes.
 *
 * Invariants
 * - All that is begun ends with `life`.
 * - It asks only while its page is seen.
 */
import { buildElement, byKey, make } from './build.dom.ts'
import { drawBell, openRoot } from './face.dom.ts'
import { morph } from './morph.dom.ts'
import { runPanel } from './panel.dom.ts'
import { attributeOf, type FragmentNode, readFragments } from './read-fragments.ts'
import { createService } from './service.ts'
import { watch } from './watch.dom.ts'
import { languageOf, words } from './words.ts'

/** The panels that a bell has made its own. */
const taken = new Set<Element>()

export function runBell(bell: HTMLElement, root: ShadowRoot, life: AbortController): void {
  const { signal } = life
  const say = (name: string) => bell.getAttribute(name) ?? ''
  const user = say('user')
  const lang = languageOf(bell)
  const { messages, close: closeName, offline } = words[lang]
  const intervalMs = Math.min(3_600, Math.max(5, Number(say('interval')) || 15)) * 1_000
  const known = { etag: '', text: '' }
  const { button, live, setState } = drawBell(root, messages, offline)
  const ask = createService(bell, signOut)
  let critical = 0
  let seen: AbortController | undefined
  let open: AbortController | undefined
  let panel: HTMLElement | undefined

  function signOut(): void {
    life.abort()
    setState('out')
  }

  function look(): void {
    seen?.abort()
    if (document.hidden || signal.aborted) return
    seen = new AbortController()
    watch(`nichatka:${say('src')}${user}`, intervalMs, known, ask, show, seen.signal)
  }

  function show(text: string): void {
    try {
      for (const node of readFragments(text)) takeBell(node)
      if (!text) setState('stale', critical > 0)
    } catch {
      setState('stale') // what another page was told and this one cannot read
    }
  }

  function takeBell(node: FragmentNode): void {
    const fresh = buildElement(node)
    const old = byKey(root, 'bell')!
    const isSame = old.isEqualNode(fresh)
    const before = critical
    const priority = attributeOf(node, 'data-priority') ?? null
    critical = Number(attributeOf(node, 'data-critical')) || 0
    morph(old, fresh, true)
    setState('fresh', critical > 0)
    if (isSame) return
    announce(before)
    const detail = { unread: Number(attributeOf(node, 'data-unread')), priority }
    bell.dispatchEvent(new CustomEvent('nichatka-status', { detail, bubbles: true }))
  }

  /** Says aloud once that there are more critical messages than before, on whatever page of the host that was. */
  function announce(before: number): void {
    live.textContent = critical > before ? button.innerText : ''
  }

  function toggle(): void {
    if (open) {
      close()
      return
    }
    open = new AbortController()
    panel ??= takePanel()
    panel.toggleAttribute('open', true)
    panel.style.setProperty('--nichatka-below', `${bell.getBoundingClientRect().bottom}px`)
    if (panel.popover) panel.showPopover()
    button.ariaExpanded = 'true'
    const context = {
      root: panel.shadowRoot!,
      ask,
      user,
      offline,
      intervalMs,
      signal: open.signal,
      close,
      takeBell,
    }
    runPanel(context)
  }

  function close(): void {
    const hadFocus = panel?.shadowRoot?.activeElement
    open?.abort()
    open = undefined
    panel?.toggleAttribute('open', false)
    if (panel?.popover) panel.hidePopover()
    button.ariaExpanded = 'false'
    if (hadFocus) button.focus()
  }

  /** The host's, unless another bell has it; else one of our own, above the page wherever its bell stands. */
  function takePanel(): HTMLElement {
    let panel = [...document.querySelectorAll<HTMLElement>('nichatka-panel')].find((one) => !taken.has(one))
    if (!panel) {
      panel = make('nichatka-panel', { popover: 'manual' })
      bell.after(panel)
    }
    taken.add(panel)
    const panelRoot = panel.shadowRoot ?? openRoot(panel)
    const frame = make('div', { part: 'panel', role: 'dialog', 'aria-label': messages, tabindex: '-1', lang })
    const closing = make('button', { type: 'button', 'data-close': '', 'aria-label': closeName }, '×')
    const notice = make('p', { 'data-key': 'notice' }, '…')
    frame.append(
      make('section', { 'data-key': 'panel' }, make('header', {}, make('h2', {}, messages), closing), notice),
    )
    panelRoot.replaceChildren(frame)
    return panel
  }

  button.addEventListener('click', toggle)
  button.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close()
  })
  document.addEventListener('visibilitychange', look, { signal })
  addEventListener('online', look, { signal })
  signal.addEventListener('abort', () => {
    seen?.abort()
    close()
    if (!panel) return
    panel.shadowRoot!.replaceChildren() // it may be another user's next
    taken.delete(panel)
    if (panel.popover) panel.remove()
  })
  if (user && say('src')) look()
  else signOut()
}
