/**
 * The code that one person shows and the other scans, in place of comparing the safety number digit by digit (attack A2):
 *
 *   "veche-verification:" version ":" the account that shows it ":" the account that it shows it to
 *
 * Both are account ids, the hashes of the accounts' keys, as each side's device knows them: where they are the same
 * crosswise, nobody stands between. All capitals, which makes the drawn code small; read however it is written. It holds no
 * secret. A code of another kind is told by its prefix and never taken for this one, nor this one for another (A4).
 */
import { AccountId, CODE_PREFIXES, type CodeKind, codeBody, codeKindOf, DecodeError } from '@veche/protocol'

const VERSION = '1'
/** More than any code has: whatever is longer was not scanned from one. */
const MAX_CHARACTERS = 1000
const LINK_PARAMETER = '#code='

export type Verdict =
  /** The contact's device shows the account that this one knows, and knows this one. */
  | { readonly kind: 'match' }
  /** Another account shows it, or it is shown to another: somebody may stand between. */
  | { readonly kind: 'differs' }
  /** It is the code that this device shows. */
  | { readonly kind: 'own' }
  /** A code for something else. */
  | { readonly kind: 'other-kind'; readonly code: CodeKind }
  /** A code of a later version. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'none' }

/** What this device shows to the owner of the other account. */
export function verificationCode(own: AccountId, other: AccountId): string {
  return `${CODE_PREFIXES.verification}${VERSION}:${own}:${other}`.toUpperCase()
}

/** @param text what a scanner read off the other's device */
export function judgeCode(text: string, own: AccountId, other: AccountId): Verdict {
  const trimmed = text.trim()
  if (trimmed.length > MAX_CHARACTERS) return { kind: 'none' }
  const body = codeBody('verification', trimmed)
  if (body === undefined) return otherKind(trimmed)
  const [version, ...ids] = body.toLowerCase().split(':')
  if (version !== VERSION) return { kind: /^\d+$/.test(version ?? '') ? 'newer' : 'none' }
  if (ids.length !== 2) return { kind: 'none' }
  const accounts = ids.map(readAccount)
  const [shows, sees] = accounts
  if (shows === undefined || sees === undefined) return { kind: 'none' }
  if (shows === own && sees === other) return { kind: 'own' }
  return { kind: shows === other && sees === own ? 'match' : 'differs' }
}

/** Registration codes and invites come inside links, too. */
function otherKind(text: string): Verdict {
  const at = text.indexOf(LINK_PARAMETER)
  const code = codeKindOf(text) ?? (at < 0 ? undefined : codeKindOf(text.slice(at + LINK_PARAMETER.length)))
  return code === undefined ? { kind: 'none' } : { kind: 'other-kind', code }
}

function readAccount(text: string): AccountId | undefined {
  try {
    return AccountId.parse(text)
  } catch (cause) {
    if (cause instanceof DecodeError) return undefined
    throw cause
  }
}
