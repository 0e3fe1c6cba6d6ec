/**
 * The panel while it is open. Everything it does comes from the attributes of what the service sent (docs/wire/nichatka.md); it lives until
 * its signal aborts and leaves only its last content behind.
 *
 * Invariants
 * - An answer is put in place whole or not at all.
 * - A timer's answer never overtakes what the user did since, and replaces no list while they write (N11).
 * - Of two answers about the same place only the one asked for last counts.
 */
import { backoffMs } from './backoff.ts'
import { build, byKey } from './build.dom.ts'
import { takeChoices } from './choices.dom.ts'
import { choose, fieldsOf, openDrafts, unchoose } from './form.dom.ts'
import { morph } from './morph.dom.ts'
import { pause } from './pause.ts'
import type { Ask } from './service.ts'
import { createTyping } from './typing.dom.ts'

export interface PanelContext {
  readonly root: ShadowRoot
  readonly ask: Ask
  /** Resolves when the content can be shown as it should look. */
  readonly dressed: Promise<unknown>
  readonly user: string
  /** What to say when the service could not be reached. */
  readonly offline: string
  readonly intervalMs: number
  /** Aborts when it is closed. */
  readonly signal: AbortSignal
  close(): void
  takeBell(bell: HTMLElement): void
}

const liveMs = 200

export function runPanel(context: PanelContext): void {
  const { root, ask, dressed, user, offline, intervalMs, signal, close, takeBell } = context
  const frame = root.firstElementChild as HTMLElement
  const drafts = openDrafts(user)
  const latest: Record<string, number> = {}
  let acts = 0
  let live: ReturnType<typeof setTimeout> | undefined
  const typing = createTyping(root, (value) => ask('PATCH', 'typing', [['typing', value]]))

  /** Makes the request of a button, a form or a control. */
  async function act(source: HTMLElement, submitter: HTMLElement | null = null): Promise<void> {
    const call = source.closest<HTMLElement>('[data-call]')?.dataset.call ?? ''
    const [, method, path] = /^(GET|POST|PATCH) ([a-z]+(?:\/\d+)?)$/.exec(call) ?? []
    if (!method || !path || source.ariaBusy) return
    const fields = fieldsOf(source, submitter)
    if (source.matches('[data-id]')) fields.set('id', drafts.id(source, fields))
    if (method !== 'GET') source.ariaBusy = 'true'
    await request(method, path, fields, source)
    source.ariaBusy = null
  }

  /** Asks for the user, and shows the answer unless nobody waits for it any more. @returns whether it was done */
  async function request(
    method: string,
    path: string,
    fields?: URLSearchParams,
    source?: HTMLElement,
  ): Promise<unknown> {
    const lane = /^[cr]/.test(path) ? path : '' // the form, the choice of recipients, and all else
    const turn = ++acts
    if (method === 'GET') latest[lane] = turn
    const answer = await ask(method, path, fields)
    await dressed
    if (signal.aborted || (method === 'GET' && latest[lane] !== turn)) return true
    if (!answer) put(build(`<p data-key="notice" role="alert">${offline}</p>`), true)
    else {
      const isSent = answer.isOk && source?.matches('[data-draft]')
      if (isSent) {
        drafts.forget(source!)
        ;(source as HTMLFormElement).reset()
        typing.stop()
      }
      put(answer.nodes, true)
      if (isSent) void refresh()
    }
    return answer?.isOk
  }

  /** What every `interval` asks for. @returns whether it was done */
  async function refresh(): Promise<unknown> {
    const list = byKey(root, 'list')
    if (!list) return request('GET', 'panel')
    const { query, newest, path } = list.dataset
    if (query === undefined) return true
    const before = acts
    const fields = new URLSearchParams(query)
    fields.set('part', 'list')
    fields.set('refresh', newest ?? '0')
    await typing.tell()
    const answer = await ask('GET', path === 'history' ? path : 'panel', fields)
    if (answer && !signal.aborted && acts === before)
      put(answer.nodes.filter((node) => !typing.isOn() || node.dataset.key !== 'list'))
    return answer?.isOk
  }

  function put(nodes: readonly HTMLElement[], byUser = false): void {
    const active = root.activeElement
    const place = active?.closest<HTMLElement>('[data-key]')?.dataset.key
    let focus: HTMLElement | null = null
    for (const node of nodes) {
      const { key } = node.dataset
      const old = byKey(root, key)
      takeChoices(node, root)
      if (key === 'bell') takeBell(node)
      if (old) morph(old, node, byUser)
      focus = byKey(root, key)?.querySelector('[data-focus]') ?? focus
    }
    if (byUser) root.querySelectorAll<HTMLFormElement>('[data-draft]').forEach(drafts.restore)
    if (byUser && focus) focusOn(focus)
    else if (active && !root.activeElement?.checkVisibility()) focusOn(byKey(root, place) ?? frame)
  }

  function onClick(event: Event): void {
    const button = (event.target as Element).closest('button')
    const form = button?.form
    const name = button?.closest<HTMLElement>('[data-pick]')?.dataset.pick
    if (!button) return
    if (form && button.matches('[data-discard]')) drafts.forget(form)
    if (button.matches('[data-close]')) close()
    if (form && name && button.value) {
      choose(form, name, button.value, button.textContent)
      drafts.save(form)
    }
    if (!form || button.matches('[data-call]')) void act(button)
  }

  function onInput({ target }: Event): void {
    const control = target as HTMLInputElement
    const form = control.form
    if (control.matches('[data-typing]')) typing.noteInput(control)
    unchoose(control)
    if (form?.dataset.draft) drafts.save(form)
    clearTimeout(live)
    if (control.closest('[data-live]'))
      live = setTimeout(
        () => signal.aborted || act(control.dataset.call ? control : (form ?? control)),
        liveMs,
      )
  }

  async function run(): Promise<void> {
    let failures = 0
    let isDone = await request('GET', 'panel')
    if (root.activeElement === frame) focusOn(frame.querySelector<HTMLElement>('[data-focus],h2')!)
    while (!signal.aborted) {
      failures = isDone ? 0 : failures + 1
      await pause(failures ? backoffMs(failures) : intervalMs, signal)
      isDone = signal.aborted || document.hidden || (await refresh())
    }
  }

  const on = (type: string, listener: (event: Event) => void) =>
    root.addEventListener(type, listener, { signal })
  on('click', onClick)
  on('input', onInput)
  on('submit', (event) => {
    event.preventDefault()
    void act(event.target as HTMLElement, (event as SubmitEvent).submitter)
  })
  signal.addEventListener('abort', typing.stop)
  frame.focus()
  void run()
}

/** Also what is no control: a heading, a message. */
function focusOn(element: HTMLElement): void {
  if (element.tabIndex < 0) element.tabIndex = -1
  element.focus()
}
