import { AccountId, CODE_PREFIXES, type CodeKind } from '@veche/protocol'
import { expect, test } from 'vitest'
import { judgeCode, verificationCode } from './verification-code.ts'

const [alice, bob, mallory] = [1, 2, 3].map((byte) => AccountId.fromBytes(new Uint8Array(32).fill(byte))) as [
  AccountId,
  AccountId,
  AccountId,
]

test('A2: codes match where each shows the account that the other knows, and only there', () => {
  const shown = verificationCode(bob, alice)
  expect(shown).toMatch(/^VECHE-VERIFICATION:1:[A-Z2-7]{52}:[A-Z2-7]{52}$/)
  for (const text of [shown, shown.toLowerCase(), ` ${shown}\n`])
    expect(judgeCode(text, alice, bob)).toEqual({ kind: 'match' })
  expect(judgeCode(verificationCode(mallory, alice), alice, bob)).toEqual({ kind: 'differs' })
  expect(judgeCode(verificationCode(bob, mallory), alice, bob)).toEqual({ kind: 'differs' })
  expect(judgeCode(verificationCode(alice, mallory), alice, bob)).toEqual({ kind: 'differs' })
  expect(judgeCode(verificationCode(alice, bob), alice, bob)).toEqual({ kind: 'own' })
})

test('A4: no code of another kind is taken, and each is called by its name', () => {
  const kinds = (Object.keys(CODE_PREFIXES) as CodeKind[]).filter((kind) => kind !== 'verification')
  expect(kinds).not.toEqual([])
  for (const code of kinds) {
    const body = verificationCode(bob, alice).slice(CODE_PREFIXES.verification.length)
    for (const text of [
      `${CODE_PREFIXES[code]}${body}`,
      `https://veche.example/#code=${CODE_PREFIXES[code]}x`,
    ])
      expect(judgeCode(text, alice, bob)).toEqual({ kind: 'other-kind', code })
  }
})

test('what is no code, or cannot be one, never matches', () => {
  const shown = verificationCode(bob, alice)
  expect(judgeCode(shown.replace(':1:', ':2:'), alice, bob)).toEqual({ kind: 'newer' })
  const none = [
    '',
    'VECHE-VERIFICATION:',
    shown.replace(':1:', ':x:'),
    `${shown}:`,
    shown.slice(0, -1),
    shown.replace(/.$/, '1'),
    shown.replace('VECHE-', ''),
    `${shown}${'A'.repeat(100_000)}`,
    'https://veche.example/',
  ]
  for (const text of none) expect(judgeCode(text, alice, bob)).toEqual({ kind: 'none' })
})

test('A2: a code with any character changed does not match', () => {
  const shown = verificationCode(bob, alice)
  for (let at = 0; at < shown.length; at++) {
    for (const other of ['A', 'B', '7', ':', ' ', 'я']) {
      if (shown[at] === other) continue
      const changed = shown.slice(0, at) + other + shown.slice(at + 1)
      expect(judgeCode(changed, alice, bob).kind).not.toBe('match')
    }
  }
})
