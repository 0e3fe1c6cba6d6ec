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
