import { counted } from '../language.ts'

/** Of `veche verify-web`. */
export const webSays = {
  begun: (count: number) => `Asking for ${counted('en', count, { one: 'answer', other: 'answers' })}…`,
  same: (count: number) =>
    `The same: ${counted('en', count, { one: 'answer', other: 'answers' })}, each byte and header as this program would serve it.`,
  release: 'The release of this program, to compare with others, and with Settings in the browser:',
  nothing: 'none',
  status: (expected: number, got: number, location: string) =>
    `answers ${got}, not ${expected}${location === '' ? '' : `, and leads to ${location}`}`,
  header: (name: string, expected: string, got: string) => `header ${name}: ${got}; should be: ${expected}`,
  content: (expected: string, got: string, at: number) =>
    `other content from byte ${at} on\n  here   ${expected}\n  there  ${got}`,
  coding: (got: string) => `its bytes are not what its compression (${got}) says, or nobody asked for that`,
  unlisted: (file: string) => `names what no release has: ${file}`,
  hints: 'answers before the answer (103), which a browser may act on',
  silence: {
    broken: 'no whole answer: the connection was broken off',
    too_slow: 'no whole answer in time',
    too_long: 'the answer does not end where it should',
  },
  recompressed: (count: number) =>
    `${counted('en', count, { one: 'file comes', other: 'files come' })} compressed otherwise than here, with the same content: a proxy or ` +
    'another machine does that, and nothing else runs by it.',
  seenBy: (count: number, who: string) =>
    `in ${counted('en', count, { one: 'answer', other: 'answers' })}: ${who}`,
  andMore: (named: string, count: number) => `${named}; and ${count} more`,
  more: (count: number) =>
    `And ${counted('en', count, { one: 'difference', other: 'differences' })} more: veche verify-web --json`,
}
