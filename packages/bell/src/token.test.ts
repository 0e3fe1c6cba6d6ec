import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lifetimeMs } from './token.ts'

const tokenOf = (payload: unknown) => `v1.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`

test('N14 a token says how long it lasts, whatever this device’s clock says', () => {
  expect(lifetimeMs(tokenOf({ sub: 'Вера?>', iat: 1_000, exp: 1_300 }))).toBe(300_000)
})

test('C4 what is no token lasts no time', () => {
  const page = '<!doctype html><title>Sign in</title>'
  for (const text of [
    '',
    page,
    'v1..',
    'v1.e30.',
    'v2.e30.c2ln',
    tokenOf({}),
    tokenOf('x'),
    `${tokenOf({ iat: 1, exp: 2 })}\n`,
  ])
    expect(lifetimeMs(text), text).toBe(0)
})

test('C13 no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.jsonValue().map(tokenOf)), (text) => {
      expect(lifetimeMs(text)).toBeTypeOf('number')
    }),
  )
})
