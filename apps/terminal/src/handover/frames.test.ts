import { DecodeError } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Answer, decodeAnswer, decodeRequest, encodeFrame, lines, type Request } from './frames.ts'

const texts = fc.string({ unit: 'binary' })
const progress = fc.record(
  { shown: fc.nat(), marks: fc.dictionary(texts, fc.nat()), after: texts },
  { requiredKeys: [] },
)
const requests: fc.Arbitrary<Request> = fc.record(
  {
    argv: fc.array(texts, { maxLength: 100 }),
    language: texts,
    columns: fc.nat(),
    colours: fc.boolean(),
    input: texts,
    progress,
  },
  { requiredKeys: ['argv', 'language', 'columns', 'colours'] },
)
const answers: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ kind: fc.constantFrom('out', 'err'), text: texts }),
  fc.record({ kind: fc.constant('progress'), progress }),
  fc.record({ kind: fc.constant('exit'), code: fc.nat(255) }),
  fc.record({ kind: fc.constantFrom('leaving', 'bad') }),
)

test('frames come back as they were, one a line', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const frame = encodeFrame(request)
      expect(frame.indexOf('\n')).toBe(frame.length - 1)
      expect(decodeRequest(frame)).toEqual(request)
    }),
  )
  fc.assert(fc.property(answers, (answer) => void expect(decodeAnswer(encodeFrame(answer))).toEqual(answer)))
})

test('anything else is a DecodeError', () => {
  fc.assert(
    fc.property(fc.oneof(texts, fc.json()), (line) => {
      expect(() => decodeRequest(line)).toThrow(DecodeError)
      expect(() => decodeAnswer(line)).toThrow(DecodeError)
    }),
  )
})

test.each([
  '[]',
  'null',
  '{"argv":"send","language":"ru","columns":80,"colours":true}',
  '{"argv":[1],"language":"ru","columns":80,"colours":true}',
  `{"argv":${JSON.stringify(Array(101).fill(''))},"language":"ru","columns":80,"colours":true}`,
  '{"argv":[],"language":1,"columns":80,"colours":true}',
  '{"argv":[],"language":"ru","columns":-1,"colours":true}',
  '{"argv":[],"language":"ru","columns":80}',
  '{"argv":[],"language":"ru","columns":80,"colours":true,"input":{}}',
  '{"argv":[],"language":"ru","columns":80,"colours":true,"progress":3}',
  '{"argv":[],"language":"ru","columns":80,"colours":true,"progress":{"shown":0.5}}',
  '{"argv":[],"language":"ru","columns":80,"colours":true,"progress":{"after":1}}',
  '{"argv":[],"language":"ru","columns":80,"colours":true,"progress":{"marks":{"chat":-1}}}',
  '{"argv":[],"language":"ru","columns":80,"colours":true,"progress":{"marks":null}}',
])('is no request: %.60s', (line) => {
  expect(() => decodeRequest(line)).toThrow(DecodeError)
})

test.each(['{"kind":"out"}', '{"kind":"exit","code":256}', '{"kind":"exit"}', '{"kind":"else"}', '{}'])(
  'is no answer: %s',
  (line) => {
    expect(() => decodeAnswer(line)).toThrow(DecodeError)
  },
)

test('lines are found however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.integer({ min: 1, max: 9 }),
      async (parts, size) => {
        const clean = parts.map((part) => part.replaceAll('\n', ''))
        const bytes = Buffer.from(clean.map((part) => `${part}\n`).join(''))
        expect(await all(lines(chunks(bytes, size), 1000))).toEqual(clean)
      },
    ),
  )
})

test('an unfinished line is dropped, one that is too long is refused before it ends', async () => {
  expect(await all(lines(chunks(Buffer.from('one\ntw'), 2), 10))).toEqual(['one'])
  expect(await all(lines(chunks(Buffer.from('1234567890\n'), 3), 10))).toEqual(['1234567890'])
  await expect(all(lines(chunks(Buffer.from('12345678901\n'), 20), 10))).rejects.toThrow(DecodeError)
  let taken = 0
  async function* endless() {
    for (;;) {
      taken += 1
      yield Buffer.alloc(8, 'x')
    }
  }
  await expect(all(lines(endless(), 1000))).rejects.toThrow(DecodeError)
  expect(taken).toBe(126)
})

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
