/** What is given as an invite: the code alone, or the whole link, which also names the server. */
import { parseRecoveryCode } from '@veche/client'
import { codeKindOf, DecodeError } from '@veche/protocol'
import { wrongUse } from './failure.ts'

export interface Invite {
  readonly code: string
  readonly server?: string
}

/**
 * Anything but a code of another kind: that is not shown to the server (attack A4).
 * @throws Failure `other_code`
 */
export function parseInvite(text: string): Invite {
  const link = URL.parse(text)
  const code = link === null ? null : new URLSearchParams(link.hash.slice(1)).get('code')
  const invite = link === null || code === null ? { code: text } : { code, server: link.origin }
  if (isOtherCode(invite.code)) throw wrongUse('other_code')
  return invite
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
