/** Every code of the client, fed to every reader of codes (attack A4). */
import { AccountId, ChatId, CODE_PREFIXES, DecodeError, randomId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { formatInviteLink, parseInviteLink } from './invite-link.ts'
import { formatLinkingCode, parseLinkingCode } from './linking-code.ts'
import { createRecoveryCode, parseRecoveryCode } from './recovery-code.ts'
import { parseRecoverySheetCode, recoverySheetCode } from './recovery-sheet.ts'
import { judgeCode, verificationCode } from './verification-code.ts'

const [own, other] = [
  AccountId.fromBytes(new Uint8Array(32)),
  AccountId.fromBytes(new Uint8Array(32).fill(1)),
] as const
const { words } = createRecoveryCode()
const codes = {
  words,
  sheet: recoverySheetCode({ server: 'https://veche.example', handle: 'alice', words }),
  verification: verificationCode(other, own),
  registration: `${CODE_PREFIXES.registration}${'a'.repeat(26)}`,
  invite: `https://veche.example/#code=${CODE_PREFIXES.registration}${'a'.repeat(26)}`,
  chatInvite: formatInviteLink({
    server: 'https://veche.example',
    chat: randomId(ChatId),
    seed: new Uint8Array(32).fill(2),
    serverId: new Uint8Array(16).fill(3),
  }),
  linking: formatLinkingCode(new Uint8Array(16).fill(4)),
}
const readers: Readonly<Record<string, (text: string) => boolean>> = {
  words: (text) => reads(() => parseRecoveryCode(text)),
  sheet: (text) => reads(() => parseRecoverySheetCode(text)),
  chatInvite: (text) => reads(() => parseInviteLink(text)),
  linking: (text) => reads(() => parseLinkingCode(text)),
  verification: (text) => ['match', 'differs', 'own'].includes(judgeCode(text, own, other).kind),
}

test('A4: each code is taken by its own reader alone', () => {
  for (const [kind, code] of Object.entries(codes)) {
    for (const [reader, takes] of Object.entries(readers)) {
      for (const text of [code, code.toUpperCase(), ` ${code} `]) {
        if (reader !== kind) expect(takes(text), `${reader} of ${kind}`).toBe(false)
      }
    }
    expect(readers[kind]?.(code) ?? true, kind).toBe(true)
  }
})

function reads(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}
