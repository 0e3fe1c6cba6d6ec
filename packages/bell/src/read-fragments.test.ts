import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Made, readFragments } from './read-fragments.ts'

/** Stands for a browser's element. */
class Recorded implements Made<Recorded> {
  readonly name: string
  readonly attributes: [string, string][] = []
  readonly children: (Recorded | string)[] = []

  constructor(name: string) {
    this.name = name
  }

  setAttribute(name: string, value: string): void {
    this.attributes.push([name, value])
  }

  append(child: Recorded | string): void {
    this.children.push(child)
  }
}

const read = (text: string) => readFragments(text, (name) => new Recorded(name))
const recorded = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: (object | string)[]
): object => ({ name, attributes: Object.entries(attributes), children })

/** `<p …>text</p>` with a key. */
const keyed = (attributes: string, content = '') => `<p data-key="x"${attributes}>${content}</p>`

test('N19 elements in a row are read with their attributes, their texts and what they hold', () => {
  expect(read('<span data-key="bell" data-unread="3">да</span>')).toEqual([
    recorded('span', { 'data-key': 'bell', 'data-unread': '3' }, 'да'),
  ])
  expect(
    read(
      '<section data-key="list">\n <ol><li>1</li></ol><input type="text" required=""></section>\n<p data-key="m12"></p> ',
    ),
  ).toEqual([
    recorded(
      'section',
      { 'data-key': 'list' },
      '\n ',
      recorded('ol', {}, recorded('li', {}, '1')),
      recorded('input', { type: 'text', required: '' }),
    ),
    recorded('p', { 'data-key': 'm12' }),
  ])
  expect(read('')).toEqual([])
})

test('C1 escapes become the characters they stand for, once', () => {
  expect(read(keyed(' title="&quot;&amp;lt;&quot;"', '&lt;script&gt;&amp;amp;'))).toEqual([
    recorded('p', { 'data-key': 'x', title: '"&lt;"' }, '<script>&amp;'),
  ])
})

describe('C1 what is outside the subset is refused whole', () => {
  const refused: Readonly<Record<string, string>> = {
    'an unknown element': '<p data-key="x"><script></script></p>',
    'an unknown element at the top': '<iframe data-key="x"></iframe>',
    'a handler': keyed(' onclick="alert(1)"'),
    'a style': keyed(' style="color:red"'),
    'a link': keyed(' href="/"'),
    'a form’s target': '<form data-key="x" action="/"></form>',
    'a popover': keyed(' popover=""'),
    'an image button': '<input data-key="x" type="image">',
    'a file field': '<input data-key="x" type="file">',
    'a type elsewhere': '<ol data-key="x" type="a"></ol>',
    'upper case': '<P data-key="x"></P>',
    'an attribute in upper case': keyed(' onClick=""'),
    'an unquoted value': keyed(' title=1'),
    'no value': keyed(' hidden'),
    'single quotes': keyed(" title='1'"),
    'a raw angle bracket in a value': keyed(' title="<"'),
    'a raw closing bracket in a text': keyed('', '>'),
    'a raw ampersand': keyed('', 'a & b'),
    'another escape': keyed('', '&#60;'),
    'an escape without its end': keyed('', '&lt'),
    'a comment': '<p data-key="x"><!-- --></p>',
    'a doctype': '<!doctype html><p data-key="x"></p>',
    'a processing instruction': '<?xml?><p data-key="x"></p>',
    'an element left open': '<p data-key="x">',
    'elements that cross': '<p data-key="x"><span><bdi></span></bdi></p>',
    'a closed void': '<p data-key="x"><input></input></p>',
    'a self-closing tag': '<p data-key="x"/>',
    'an end without a beginning': '</p>',
    'a tag cut short': '<p data-key="x"',
    'a text at the top': 'hello',
    'a space of another kind': '<p\u00a0data-key="x"></p>',
    'too deep': `<p data-key="x">${'<div>'.repeat(99)}${'</div>'.repeat(99)}</p>`,
    'too long': keyed('', 'a'.repeat(2_000_001)),
  }
  for (const [what, text] of Object.entries(refused))
    test(what, () => expect(() => read(text)).toThrow(SyntaxError))
})

/** Written as the service writes: everything that people wrote escaped, in the subset. */
const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

interface Meant {
  readonly name: string
  readonly attributes: readonly (readonly [string, string])[]
  readonly children: readonly (Meant | string)[]
}

const nodes = fc.letrec<{ node: Meant; child: Meant | string }>((tie) => ({
  child: fc.oneof({ maxDepth: 4 }, fc.string({ minLength: 1 }), tie('node')),
  node: fc.record({
    name: fc.constantFrom('div', 'span', 'article', 'button', 'input'),
    attributes: fc.uniqueArray(
      fc.tuple(fc.constantFrom('title', 'value', 'data-x', 'aria-label'), fc.string()),
      { selector: ([name]) => name },
    ),
    children: fc.array(tie('child'), { maxLength: 3 }),
  }),
})).node

function written({ name, attributes, children }: Meant): string {
  const start = `<${name}${attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')}>`
  if (name === 'input') return start
  const content = children.map((child) => (typeof child === 'string' ? escaped(child) : written(child)))
  return `${start}${content.join('')}</${name}>`
}

test('N19 what a service writes is read as it was meant', () => {
  fc.assert(
    fc.property(nodes, (node) => {
      const [box] = read(`<div data-key="x">${written(node)}</div>`)
      expect(written(box?.children[0] as Recorded)).toBe(written(node))
    }),
  )
})

test('C1 whatever comes, the only error is the declared one', () => {
  const pieces = fc.constantFrom(
    ...['<', '</', '>', '"', '="', ' ', '&', '&lt;', 'p', 'data-key', 'div', 'x', '/', '=', '!--', '\0'],
  )
  const pieced = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }).map((all) => all.join(''))
  const mutated = fc.tuple(nodes, fc.nat(), fc.string()).map(([node, at, put]) => {
    const text = `<div data-key="x">${written(node)}</div>`
    const cut = at % text.length
    return text.slice(0, cut) + put + text.slice(cut + 1)
  })
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), pieced, mutated), (text) => {
      try {
        read(text)
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('C13 hostile input of the largest size is refused', () => {
  const hostile = [
    '<'.repeat(1_900_000),
    `<${'a'.repeat(1_900_000)}`,
    `<p data-key="x"${' '.repeat(1_900_000)}!>`,
    `<p${' data-key="x"'.repeat(100_000)}!>`,
    `<p data-key="x">${'&'.repeat(1_900_000)}</p>`,
    `<p data-key="x" title="${'a'.repeat(1_900_000)}">`,
    `<p data-key="x" ${'a'.repeat(1_900_000)}="">`,
    `<p data-key="x">${'<input>'.repeat(270_000)}`,
  ]
  for (const text of hostile) expect(() => read(text)).toThrow(SyntaxError)
  expect(read(' '.repeat(1_900_000))).toEqual([])
})
