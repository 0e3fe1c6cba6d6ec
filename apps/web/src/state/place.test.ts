import { expect, test } from 'vitest'
import { takeInvite } from './invite.ts'
import { formatPlace, parsePlace } from './place.ts'

test('M20 an address leads to where it was made, and nothing else is an address', () => {
  for (const place of [
    { area: 'groups' },
    { area: 'private', item: 'abc234' },
    { area: 'groups', item: 'abc234', beside: 'about' },
    { area: 'you', item: 'devices' },
  ] as const) {
    expect(parsePlace(formatPlace(place))).toEqual(place)
  }
  for (const hash of ['', '#', '#nowhere', '#<b>', '#constructor/x'])
    expect(parsePlace(hash)).toEqual({ area: 'groups' })
  expect(parsePlace('#private/<script>')).toEqual({ area: 'private' })
})

test('A4 C3 the secret of a link leaves the address bar when it was read', () => {
  const replaced: unknown[] = []
  const history = { replaceState: (...args: unknown[]) => replaced.push(args) } as unknown as History
  const at = (hash: string) =>
    takeInvite({
      location: { hash, href: `https://veche.example/${hash}`, pathname: '/' } as Location,
      history,
    })
  expect(at('#join=vi-abc&code=vr-def')).toEqual({
    link: 'https://veche.example/#join=vi-abc&code=vr-def',
    code: 'vr-def',
  })
  expect(at('#code=vr-def')).toEqual({ code: 'vr-def' })
  expect(replaced).toEqual([
    [null, '', '/'],
    [null, '', '/'],
  ])
  expect(at('#groups/abc')).toBeUndefined()
  expect(replaced).toHaveLength(2)
})
