import { CODE_PREFIXES } from '@veche/protocol'
import { expect, test } from 'vitest'
import { parseInvite } from './invite.ts'

test('a link names the server too', () => {
  expect(parseInvite('https://veche.example:8443/#code=vr-abc')).toEqual({
    code: 'vr-abc',
    server: 'https://veche.example:8443',
  })
})

test.each(['vr-abc', 'https://veche.example/', 'https://veche.example/#other=1'])(
  'anything else is a code, for the server to judge: %s',
  (text) => {
    expect(parseInvite(text)).toEqual({ code: text })
  },
)

test('A4: a code of another kind never goes to the server', () => {
  const { registration: _, ...others } = CODE_PREFIXES
  const words =
    'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
  const codes = [...Object.values(others).map((prefix) => `${prefix}x`), words, ` ${words.toUpperCase()}`]
  for (const code of codes) {
    for (const text of [code, `https://veche.example/#code=${encodeURIComponent(code)}`]) {
      expect(() => parseInvite(text), text).toThrow(expect.objectContaining({ reason: 'other_code' }))
    }
  }
})

test('M13 A4 a link into a group names the server, and its secret never goes there', () => {
  const link = 'https://veche.example/#join=vi-abc'
  expect(parseInvite(link)).toEqual({ server: 'https://veche.example', join: link })
  const both = `${link}&code=vr-abc`
  expect(parseInvite(both)).toEqual({ server: 'https://veche.example', join: both, code: 'vr-abc' })
  expect(() => parseInvite(`${link}&code=vi-abc`)).toThrow(expect.objectContaining({ reason: 'other_code' }))
})

test('M6 a link says what authority is to be trusted; what is no fingerprint says nothing', () => {
  const code = `vr-${'a'.repeat(26)}`
  const authority = '0f'.repeat(32)
  const link = `https://veche.local:8480/#code=${code}&authority=`
  const server = 'https://veche.local:8480'
  expect(parseInvite(`${link}${authority}`)).toEqual({ code, server, authority })
  for (const wrong of ['', 'ff', authority.toUpperCase(), `${authority}0`]) {
    expect(parseInvite(`${link}${wrong}`)).toEqual({ code, server })
  }
})
