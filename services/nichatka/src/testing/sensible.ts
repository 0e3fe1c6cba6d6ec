/** What holds for every fragment besides its grammar: names for what has none to be seen, one of each id, calls that there are. */
import type { Element } from '../fragments/grammar.ts'

const callPattern = /^(GET|POST|PATCH) [a-z]+(\/[0-9]+)?$/

/** @throws Error */
export function ensureSensible(fragments: readonly Element[]): void {
  const all = fragments.flatMap((fragment) => [...withDescendants(fragment)])
  ensureOnce(all, 'id')
  ensureOnce(all, 'data-key')
  const labelled = new Set(
    all.filter(({ name }) => name === 'label').map(({ attributes }) => attributes.get('for')),
  )
  const ids = new Set(all.map(({ attributes }) => attributes.get('id')))
  for (const element of all) ensureElement(element, labelled, ids)
  ensureChoices(all)
  for (const fragment of fragments) ensureNesting(fragment, [])
  ensureHeadings(all)
}

function ensureElement(element: Element, labelled: ReadonlySet<unknown>, ids: ReadonlySet<unknown>): void {
  const { name, attributes } = element
  const problem = (what: string): never => {
    throw new Error(
      `<${name} ${[...attributes].map(([key, value]) => `${key}="${value}"`).join(' ')}>: ${what}`,
    )
  }
  const id = attributes.get('id')
  if (id !== undefined && !id.startsWith('n-')) problem('the id does not begin with n-')
  const call = attributes.get('data-call')
  if (call !== undefined && !callPattern.test(call)) problem('no such call')
  if (attributes.has('data-send')) new URLSearchParams(attributes.get('data-send'))
  for (const reference of ['for', 'aria-labelledby']) {
    if (attributes.has(reference) && !ids.has(attributes.get(reference)))
      problem(`${reference} leads nowhere`)
  }
  if (name === 'button' && !attributes.get('aria-label') && textIn(element).trim() === '')
    problem('has no name')
  if (isControl(element) && !attributes.get('aria-label') && !labelled.has(id)) problem('has no label')
}

/** What a list offers besides its own choices stands in the panel, which an answer may leave as it is. */
function ensureChoices(all: readonly Element[]): void {
  const offering = all.filter(({ attributes }) => attributes.has('data-choices'))
  if (offering.some(({ name }) => name !== 'select')) throw new Error('choices of what is no list')
  if (!all.some(({ attributes }) => attributes.get('data-key') === 'panel')) return
  const lists = new Set(
    all.filter(({ name }) => name === 'select').map(({ attributes }) => attributes.get('id')),
  )
  const lost = offering.find(({ attributes }) => !lists.has(attributes.get('data-choices')))
  if (lost !== undefined) throw new Error(`no list ${lost.attributes.get('data-choices')}`)
}

/** Those in a label of their own are found in `ensureNesting`. */
function isControl({ name, attributes }: Element): boolean {
  const type = attributes.get('type') ?? ''
  if (name === 'input') return !['hidden', 'checkbox', 'radio'].includes(type)
  return name === 'select' || name === 'textarea'
}

const phrasing = [
  'p',
  'h2',
  'h3',
  'small',
  'strong',
  'span',
  'bdi',
  'button',
  'summary',
  'mark',
  'legend',
  'label',
  'time',
]
const blocks = [
  'p',
  'div',
  'ul',
  'ol',
  'form',
  'section',
  'article',
  'details',
  'fieldset',
  'header',
  'nav',
  'h2',
  'h3',
]
const parents: Readonly<Record<string, readonly string[]>> = {
  li: ['ul', 'ol'],
  option: ['select'],
  summary: ['details'],
  legend: ['fieldset'],
}

function ensureNesting(element: Element, ancestors: readonly Element[]): void {
  const { name, attributes } = element
  const above = ancestors.map((ancestor) => ancestor.name)
  const problem = (what: string): never => {
    throw new Error(`${[...above, name].join(' > ')}: ${what}`)
  }
  if (name === 'form' && above.includes('form')) problem('a form in a form')
  if (
    ['button', 'select', 'textarea'].includes(name) &&
    above.some((one) => ['button', 'summary'].includes(one))
  ) {
    problem('a control in a control')
  }
  if (name === 'button' && above.includes('form') && !attributes.has('type')) problem('submits by itself')
  if (parents[name]?.includes(above.at(-1) ?? '') === false) problem('out of place')
  if (blocks.includes(name) && phrasing.includes(above.at(-1) ?? '')) problem('a block in a phrase')
  const isTicked = name === 'input' && ['checkbox', 'radio'].includes(attributes.get('type') ?? '')
  if (isTicked && above.at(-1) !== 'label') problem('has no label')
  if (attributes.has('data-discard') && !ancestors.some((one) => one.attributes.has('data-draft')))
    problem('no draft')
  for (const child of element.children) {
    if (typeof child !== 'string') ensureNesting(child, [...ancestors, element])
  }
}

/** None is left out: an `h3` stands under an `h2`, in the panel. */
function ensureHeadings(all: readonly Element[]): void {
  if (!all.some(({ attributes }) => attributes.get('data-key') === 'panel')) return
  const headings = all.filter(({ name }) => name === 'h2' || name === 'h3').map(({ name }) => name)
  if (headings[0] !== 'h2' || headings.lastIndexOf('h2') !== 0)
    throw new Error(`headings: ${headings.join(' ')}`)
}

function ensureOnce(all: readonly Element[], attribute: string): void {
  const values = all.flatMap(({ attributes }) => attributes.get(attribute) ?? [])
  const repeated = values.find((value, index) => values.indexOf(value) !== index)
  if (repeated !== undefined) throw new Error(`the ${attribute} ${repeated} twice`)
}

function* withDescendants(element: Element): Iterable<Element> {
  yield element
  for (const child of element.children) if (typeof child !== 'string') yield* withDescendants(child)
}

function textIn({ children }: Element): string {
  return children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('')
}
