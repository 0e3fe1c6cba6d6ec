/** The link by which the page was opened. Its secret leaves the address bar as soon as it was read, and is kept nowhere. */

export interface OpenedInvite {
  /** The whole link into a group, where it is one. */
  readonly link?: string
  /** A registration code. */
  readonly code?: string
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
