/**
 * The recovery sheet: all that is needed to get an account back, on one page. Its code, which stands on it as a QR code
 * and as a line, is
 *
 *   "veche-recovery:1:" ‖ the 16 bytes of the recovery code in hexadecimal ‖ ":" ‖ handle ‖ "@" ‖ URL of the server
 *
 * Whoever holds it gets the account: it is shown to nobody but its owner, and no other reader takes it (attack A4).
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { CODE_PREFIXES, codeBody, DecodeError } from '@veche/protocol'
import { parseRecoveryCode, type RecoveryCode, recoveryCodeOf } from './recovery-code.ts'

export interface RecoverySheet {
  /** URL. */
  readonly server: string
  readonly handle: string
  /** 12 words, parted by spaces. */
  readonly words: string
}

const MAX_CHARACTERS = 1024
const BODY = /^1:(?<code>[0-9a-f]{32}):(?<handle>[a-z0-9_.-]{1,64})@(?<server>https?:\/\/[^\s]+)$/

/** What the QR code holds. */
export function recoverySheetCode({ server, handle, words }: RecoverySheet): string {
  const { bytes } = parseRecoveryCode(words)
  return `${CODE_PREFIXES.recovery}1:${bytesToHex(bytes)}:${handle}@${server}`
}

/** @throws DecodeError */
export function parseRecoverySheetCode(text: string): RecoverySheet & { readonly code: RecoveryCode } {
  const { code, handle, server } = BODY.exec(bodyOf(text))?.groups ?? {}
  if (code === undefined || handle === undefined || server === undefined || URL.parse(server) === null) {
    throw new DecodeError('recovery sheet: not its code')
  }
  const recovery = recoveryCodeOf(hexToBytes(code))
  return { server, handle, words: recovery.words, code: recovery }
}

function bodyOf(text: string): string {
  if (text.length > MAX_CHARACTERS) throw new DecodeError('recovery sheet: too long')
  const body = codeBody('recovery', text)
  if (body === undefined) throw new DecodeError('recovery sheet: a code of another kind')
  return body
}
