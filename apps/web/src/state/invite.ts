/**
 * The link by which the page was opened. Its secret leaves the address bar as soon as it was read; until it was used it is
 * kept for this tab alone, so that a reload in the middle of registering does not lose it, and goes with the tab. To be made
 * before anything else reads the address.
 */
import { effect, type Signal, signal } from '@preact/signals'

export interface OpenedInvite {
  /** The whole link into a group, where it is one. */
  readonly link?: string
  /** A registration code. */
  readonly code?: string
  /** Who opened it has entered by the entrance, which said where it leads. */
  readonly isWanted?: true
}

const KEY = 'veche.invite'

/** Undefined while there is none; to be emptied when it was used. */
export function createInvite(
  window: Pick<Window, 'location' | 'history' | 'sessionStorage' | 'addEventListener'>,
): Signal<OpenedInvite | undefined> {
  const { sessionStorage: storage } = window
  const invite = signal(takeInvite(window) ?? parseKept(storage.getItem(KEY)))
  // Where the app is open already, a link that is put into its address bar loads nothing anew.
  window.addEventListener('hashchange', () => {
    invite.value = takeInvite(window) ?? invite.peek()
  })
  effect(() => {
    if (invite.value === undefined) storage.removeItem(KEY)
    else storage.setItem(KEY, JSON.stringify(invite.value))
  })
  return invite
}

/** Undefined where the address is not such a link. */
export function takeInvite({
  location,
  history,
}: Pick<Window, 'location' | 'history'>): OpenedInvite | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const code = fragment.get('code') ?? undefined
  const link = fragment.has('join') ? location.href : undefined
  if (code === undefined && link === undefined) return undefined
  history.replaceState(null, '', location.pathname)
  return { ...(link && { link }), ...(code && { code }) }
}

function parseKept(text: string | null): OpenedInvite | undefined {
  return text === null ? undefined : (JSON.parse(text) as OpenedInvite)
}
