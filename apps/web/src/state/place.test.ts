import { expect, test } from 'vitest'
import { createInvite, takeInvite } from './invite.ts'
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

test('M13 a link is kept for its tab until it was used, and one that is put into the address bar counts', () => {
  const kept = new Map<string, string>()
  const sessionStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
    removeItem: (key: string) => kept.delete(key),
  } as unknown as Storage
  const window = new EventTarget() as Window
  const at = (hash: string) =>
    Object.assign(window, {
      sessionStorage,
      history: { replaceState() {} } as Partial<History> as History,
      location: { hash, href: `https://veche.example/${hash}`, pathname: '/' } as Location,
    })
  createInvite(at('#join=vi-abc'))
  const again = createInvite(at('#groups'))
  expect(again.value).toEqual({ link: 'https://veche.example/#join=vi-abc' })
  again.value = undefined
  expect(kept.size).toBe(0)
  expect(createInvite(at('#groups')).value).toBeUndefined()
  const open = createInvite(at('#groups'))
  at('#join=vi-def').dispatchEvent(new Event('hashchange'))
  expect(open.value).toEqual({ link: 'https://veche.example/#join=vi-def' })
})
