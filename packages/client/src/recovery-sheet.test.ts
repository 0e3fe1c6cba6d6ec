import { CODE_PREFIXES, DecodeError } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecoveryCode } from './recovery-code.ts'
import { parseRecoverySheetCode, recoverySheetCode } from './recovery-sheet.ts'

const seed = Number(process.env.VECHE_SEED ?? Date.now())

test('a sheet comes back from its code', () => {
  for (const server of ['https://veche.example', 'http://127.0.0.1:8480', 'https://[::1]:8480']) {
    for (const handle of ['abc', 'a.b_c-d', '0'.repeat(32)]) {
      const code = createRecoveryCode()
      const sheet = { server, handle, words: code.words }
      expect(parseRecoverySheetCode(recoverySheetCode(sheet))).toEqual({ ...sheet, code })
    }
  }
})

test('A4: anything else is refused by the declared error', () => {
  const { words } = createRecoveryCode()
  const code = recoverySheetCode({ server: 'https://veche.example', handle: 'alice', words })
  const refuse = (text: string) => expect(() => parseRecoverySheetCode(text), text).toThrow(DecodeError)
  const body = code.slice(CODE_PREFIXES.recovery.length)
  for (const prefix of Object.values(CODE_PREFIXES)) {
    if (prefix !== CODE_PREFIXES.recovery) refuse(`${prefix}${body}`)
  }
  for (const text of ['', body, words, code.replace(':1:', ':2:'), code.replace('@', ''), `${code} `])
    refuse(text)
  refuse(code.replace('https:', 'file:'))
  refuse(code + 'x'.repeat(2000))
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      refuse(text)
      refuse(`${CODE_PREFIXES.recovery}${text}`)
    }),
    { seed },
  )
})
