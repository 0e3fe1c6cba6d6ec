/**
 * What is given as an invite to a server: the code alone, or the whole link, which also names the server. A link into a
 * group may hold such a code, too, so that one link takes who has no account yet.
 */
import { parseRecoveryCode } from '@veche/client'
import { codeKindOf, DecodeError } from '@veche/protocol'
import { wrongUse } from './failure.ts'

export interface Invite {
  /** None where the link leads into a group alone. */
  readonly code?: string
  readonly server?: string
  /** Fingerprint of the authority that certifies the server, where that is one of a local network. */
  readonly authority?: string
  /** The link, where it leads into a group. */
  readonly join?: string
}

/**
 * Anything but a code of another kind: that is not shown to the server (attack A4).
 * @throws Failure `other_code`
 */
export function parseInvite(text: string): Invite {
  const invite = readInvite(text)
  if (invite.code !== undefined && isOtherCode(invite.code)) throw wrongUse('other_code')
  return invite
}

function readInvite(text: string): Invite {
  const link = URL.parse(text)
  if (link === null) return { code: text }
  const fragment = new URLSearchParams(link.hash.slice(1))
  const code = fragment.get('code')
  const authority = fragment.get('authority')
  const trust = authority !== null && /^[0-9a-f]{64}$/.test(authority) ? { authority } : {}
  if (fragment.has('join'))
    return { server: link.origin, join: text, ...(code !== null && { code }), ...trust }
  return code === null ? { code: text } : { code, server: link.origin, ...trust }
}

function isOtherCode(code: string): boolean {
  const kind = codeKindOf(code.trim())
  return (kind !== undefined && kind !== 'registration') || isRecoveryCode(code)
}

function isRecoveryCode(code: string): boolean {
  try {
    parseRecoveryCode(code)
    return true
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}
