/** What is given as an invite: the code alone, or the whole link, which also names the server. */

export interface Invite {
  readonly code: string
  readonly server?: string
}

export function parseInvite(text: string): Invite {
  const link = URL.parse(text)
  const code = link === null ? null : new URLSearchParams(link.hash.slice(1)).get('code')
  return link === null || code === null ? { code: text } : { code, server: link.origin }
}
