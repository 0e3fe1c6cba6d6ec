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
 * - Nothing that changes in it changes its size.
 */
import { build, byKey } from './build.dom.ts'
import { morph } from './morph.dom.ts'
import { runPanel } from './panel.dom.ts'
import { dressPanel, openRoot } from './root.dom.ts'
import { createService, fetchStyle } from './service.ts'
import { watch } from './watch.dom.ts'
import { languageOf, words } from './words.ts'

const svg = 'http://www.w3.org/2000/svg'

export function runBell(bell: HTMLElement, root: ShadowRoot, life: AbortController): void {
  const { signal } = life
  const say = (name: string) => bell.getAttribute(name) ?? ''
  const user = say('user')
  const lang = languageOf(bell)
  const { messages, offline } = words[lang]
  const intervalMs = Math.min(3_600, Math.max(5, Number(say('interval')) || 15)) * 1_000
  const [button, live] = build(
    `<button type="button" part="bell" aria-haspopup="dialog"><span data-key="bell"><span>${messages}</span></span></button><p role="status"></p>`,
  ) as [HTMLElement, HTMLElement]
  const icon = document.createElementNS(svg, 'svg')
  const path = document.createElementNS(svg, 'path')
  const ask = createService(say, lang, signOut)
  let critical = 0
  let seen: AbortController | undefined
  let open: AbortController | undefined
  let panel: HTMLElement | undefined

  function setState(state: string): void {
    const isStale = state === 'stale'
    button.dataset.state = state
    button.hidden = state === 'out'
    button.title = isStale ? offline : ''
    path.setAttribute('d', `M6 17v-6a6 6 0 0 1 12 0v6l2 2H4zM10 22h4${isStale ? 'M3 3l18 18' : ''}`)
  }

  function signOut(): void {
    life.abort()
    setState('out')
  }

  function look(): void {
    seen?.abort()
    if (document.hidden || signal.aborted) return
    seen = new AbortController()
    const status = async () => {
      const answer = await ask('GET', 'status')
      return answer?.isOk ? answer.markup : ''
    }
    watch(`nichatka:${say('src')}${user}`, intervalMs, status, show, seen.signal)
  }

  function show(markup: string): void {
    setState('stale')
    try {
      build(markup).forEach(takeBell)
    } catch {
      // what another page was told and this one cannot read
    }
  }

  function takeBell(fresh: HTMLElement): void {
    const old = byKey(button, 'bell')!
    const before = critical
    setState('fresh')
    if (old.isEqualNode(fresh)) return
    const { unread, priority, critical: now } = fresh.dataset
    critical = Number(now) || 0
    morph(old, fresh, true)
    live.textContent = critical > before ? button.innerText : ''
    const detail = { unread: Number(unread), priority }
    bell.dispatchEvent(new CustomEvent('nichatka-status', { detail, bubbles: true }))
  }

  function toggle(): void {
    if (open) {
      close()
      return
    }
    open = new AbortController()
    panel ??= takePanel()
    panel.style.setProperty('--nichatka-below', `${bell.getBoundingClientRect().bottom}px`)
    panel.setAttribute('open', '')
    button.ariaExpanded = 'true'
    runPanel({
      root: panel.shadowRoot!,
      ask,
      dressed: dressPanel(() => fetchStyle(say('src'))),
      user,
      offline,
      intervalMs,
      signal: open.signal,
      close,
      takeBell,
    })
  }

  function close(): void {
    const hadFocus = panel?.shadowRoot?.activeElement
    open?.abort()
    open = undefined
    panel?.removeAttribute('open')
    button.ariaExpanded = 'false'
    if (hadFocus) button.focus()
  }

  /** The host's, unless another bell has it; else one of our own. */
  function takePanel(): HTMLElement {
    const free = [...document.querySelectorAll('nichatka-panel')].find((one) => !one.shadowRoot?.firstChild)
    const panel = (free ?? document.createElement('nichatka-panel')) as HTMLElement
    const [frame] = build(
      `<section part="panel" role="dialog" aria-label="${messages}" tabindex="-1" lang="${lang}"><section data-key="panel"><header><h2>${messages}</h2><button type="button" data-close="">×</button></header><p data-key="notice">…</p></section></section>`,
    ) as [HTMLElement]
    if (!free) document.body.append(panel)
    ;(panel.shadowRoot ?? openRoot(panel)).append(frame)
    frame.addEventListener('keydown', onKey)
    return panel
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') close()
  }

  icon.setAttribute('viewBox', '0 0 24 24')
  icon.append(path)
  button.prepend(icon)
  root.replaceChildren(button, live)
  button.addEventListener('click', toggle)
  button.addEventListener('keydown', onKey)
  document.addEventListener('visibilitychange', look, { signal })
  addEventListener('online', look, { signal })
  signal.addEventListener('abort', () => {
    seen?.abort()
    close()
    panel?.shadowRoot?.replaceChildren() // it may be another user's next
  })
  close()
  setState('')
  if (user && say('src')) look()
  else signOut()
}
