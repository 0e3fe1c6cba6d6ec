import { ChatId, DecodeError, randomId } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInviteLink, parseInviteLink, serverIdOf } from './invite-link.ts'

const server = 'https://veche.example:8443'
const link = () => ({
  chat: randomId(ChatId),
  seed: crypto.getRandomValues(new Uint8Array(32)),
  serverId: serverIdOf(new Uint8Array(32).fill(1)),
})

test('M13 a link says what it was made of, also when only its code was typed, or scanned in capitals', () => {
  const made = link()
  const text = formatInviteLink({ ...made, server: `${server}/` })
  expect(text).toMatch(/^https:\/\/veche\.example:8443\/#join=vi-[a-z2-7]{111}$/)
  expect(parseInviteLink(` ${text} `)).toEqual({ ...made, server })
  const code = text.slice(text.indexOf('vi-'))
  expect(parseInviteLink(code)).toEqual(made)
  expect(parseInviteLink(code.toUpperCase())).toEqual(made)
  const registration = `vr-${'a'.repeat(26)}`
  const both = formatInviteLink({ ...made, server, registration })
  expect(parseInviteLink(both)).toEqual({ ...made, server, registration })
})

test('A4 no character of a code can be another, and no other text is a link', () => {
  const text = formatInviteLink({ ...link(), server })
  const at = text.indexOf('vi-') + 3
  fc.assert(
    fc.property(fc.nat(text.length - at - 2), fc.constantFrom(...'abcdefgz234567'), (index, letter) => {
      if (text[at + index] === letter) return
      const changed = text.slice(0, at + index) + letter + text.slice(at + index + 1)
      expect(() => parseInviteLink(changed)).toThrow(DecodeError)
    }),
  )
  const wrong = [
    '',
    'vi-',
    server,
    `${server}/#join=`,
    `${server}/#code=${text.slice(at - 3)}`,
    text.replace('vi-', 'vr-'),
    text.slice(0, -1),
    `${text}a`,
    `${text}&code=vi-abc`,
    text.replace('#', '?'),
    'x'.repeat(100_000),
  ]
  for (const other of wrong) expect(() => parseInviteLink(other), other).toThrow(DecodeError)
})
