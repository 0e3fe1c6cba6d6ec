import { expect, test } from 'vitest'
import { type Inline, parseRichText } from './rich-text.ts'
import { bodyText, excerpt, nameText } from './shown-text.ts'

function inlineOf(text: string): readonly Inline[] {
  const [block] = parseRichText(text)
  return block?.kind === 'paragraph' ? block.lines[0]! : []
}

test('M14 paragraphs, quotes, lists and code are told apart', () => {
  const blocks = parseRichText('one\ntwo\n\n> said\n- a\n- b\n1. c\n```\nx **y**\n```')
  expect(blocks.map(({ kind }) => kind)).toEqual(['paragraph', 'quote', 'list', 'list', 'code'])
  expect(blocks.at(-1)).toEqual({ kind: 'code', text: 'x **y**' })
})

test('M14 bold, italic and code stand within words of any alphabet, and stars of a sum stay', () => {
  expect(inlineOf('**да** и _нет_ и `a*b`').map(({ kind }) => kind)).toEqual([
    'bold',
    'text',
    'italic',
    'text',
    'code',
  ])
  expect(inlineOf('2 * 3 * 4')).toEqual([{ kind: 'text', text: '2 * 3 * 4' }])
  expect(inlineOf('snake_case_name')).toEqual([{ kind: 'text', text: 'snake_case_name' }])
})

test('C1 only http and https become links, without what ends the sentence', () => {
  expect(inlineOf('see https://veche.example/a.')).toEqual([
    { kind: 'text', text: 'see ' },
    { kind: 'link', text: 'https://veche.example/a', href: 'https://veche.example/a' },
    { kind: 'text', text: '.' },
  ])
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'https://bank@evil.example/',
  ]) {
    expect(inlineOf(text).filter(({ kind }) => kind === 'link')).toEqual([])
  }
})

test('C1 a host of mixed alphabets is shown as it is looked up', () => {
  const [link] = inlineOf('https://раypal.example/')
  expect(link).toMatchObject({ kind: 'link', text: 'https://xn--ypal-43d9g.example/' })
  expect(inlineOf('https://пример.рф/')[0]).toMatchObject({ text: 'https://пример.рф/' })
})

test('C1 names and texts cannot turn their neighbours around, nor hide', () => {
  expect(nameText('a\u202eb\u200b\n c')).toBe('ab c')
  expect(bodyText('x\u2067y\u0000\r\nz')).toBe('xy\nz')
  expect(excerpt('я'.repeat(200), 10)).toBe(`${'я'.repeat(10)}…`)
})

test('C1 any text is read, in proportion to its length', () => {
  for (const text of [
    '*'.repeat(20_000),
    '_a'.repeat(10_000),
    '`'.repeat(9999),
    '> '.repeat(5000),
    '[('.repeat(9999),
  ]) {
    expect(parseRichText(text).length).toBeGreaterThan(0)
  }
})
