import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seed } from '../testing/seed.ts'
import { type Handle, handleSkeleton, parseHandle } from './handle.ts'
import { isReserved } from './reserved-names.ts'

const handle = (text: string): Handle => {
  const parsed = parseHandle(text)
  if (parsed === undefined) throw new Error(`${text} is not a handle`)
  return parsed
}

test.each(['bob', 'a-b', 'ann_1.x', '007', 'a'.repeat(32)])('M9: %s is a handle', (text) => {
  expect(parseHandle(text)).toBe(text)
})

test.each([
  ...[
    '',
    'ab',
    'a'.repeat(33),
    '.bob',
    'bob.',
    '-ab',
    'ab_',
    'Bob',
    'bо́b',
    'bоb',
    'bob ',
    ' bob',
    'bob\n',
    'b b',
  ],
  ...['bob\u0000', 'b\u200bob', 'ｂｏｂ', '@bob', 'a'.repeat(1_000_000)],
])('C11: %j is not a handle', (text) => {
  expect(parseHandle(text)).toBeUndefined()
})

test.each([
  ['alice', 'a1ice'],
  ['bob', 'b0b'],
  ['mira', 'rnira'],
  ['will', 'vvi11'],
  ['dan', 'clan'],
  ['dan', 'c1an'],
  ['a.b.c', 'a_b-c'],
  ['a.b', 'a._-b'],
])('C11: %s and %s have one skeleton', (one, other) => {
  expect(handleSkeleton(handle(one))).toBe(handleSkeleton(handle(other)))
})

test.each([
  ['alice', 'alise'],
  ['ivan.petrov', 'ivanpetrov'],
  ['bob1', 'bob2'],
])('%s and %s are told apart', (one, other) => {
  expect(handleSkeleton(handle(one))).not.toBe(handleSkeleton(handle(other)))
})

test('C11: replacing any characters by their look-alikes keeps the skeleton', () => {
  const pairs = ['1l', 'li', 'i1', '0o', 'o0', '_.', '.-', '-_'].map((pair) => [pair[0]!, pair[1]!] as const)
  const swaps = [
    ...pairs,
    ['m', 'rn'],
    ['w', 'vv'],
    ['d', 'cl'],
    ['rn', 'm'],
    ['vv', 'w'],
    ['cl', 'd'],
  ] as const
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z01][a-z01_.-]{3,12}[a-z01]$/),
      fc.array(fc.nat({ max: swaps.length - 1 }), { maxLength: 6 }),
      (original, picks) => {
        let changed = original
        for (const pick of picks) {
          const [from, to] = swaps[pick]!
          changed = changed.replace(from, to)
        }
        fc.pre(changed.length <= 32)
        expect(handleSkeleton(handle(changed))).toBe(handleSkeleton(handle(original)))
      },
    ),
    { seed },
  )
})

test.each([
  ...[
    'admin',
    'adm1n',
    'aclmin',
    'adrnin',
    'a-d-m-i-n',
    'admin24',
    'admin1',
    'veche',
    'veche.bot',
    'my-support',
  ],
  ...['support', 'root', 'r00t', 'everyone', 'vse', 'podderzhka', 'server_2', 'h3lp', 'all', 'sistema'],
])('C11: %s is reserved', (text) => {
  expect(isReserved(handle(text))).toBe(true)
})

test.each([
  'alice',
  'rooter',
  'all.good',
  'bob',
  'help-me',
  'team.blue',
  'vsevolod',
  'adminton',
  'supporter',
])('%s is not reserved', (text) => {
  expect(isReserved(handle(text))).toBe(false)
})
