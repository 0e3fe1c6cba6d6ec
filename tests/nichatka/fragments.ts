/**
 * An answer of Nichatka, read by the letter of docs/wire/nichatka.md (Fragments) and by nothing else: written apart from
 * the widget's own reader, so that the two do not err alike. Whatever the contract does not name is thrown as an error (C1).
 */

export interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly (Element | string)[]
}

interface OpenElement extends Element {
  readonly children: (Element | string)[]
}

export const elementNames = new Set(
  (
    'article bdi button details div fieldset form h2 h3 header input label legend li mark nav ol option p section select ' +
    'small span strong summary textarea time ul'
  ).split(' '),
)
export const attributeNames = new Set(
  (
    'autocomplete checked datetime dir disabled for hidden id lang maxlength name open part placeholder required role ' +
    'rows selected tabindex title type value'
  ).split(' '),
)
export const isAttributeName = (name: string): boolean =>
  attributeNames.has(name) || /^(aria|data)-[a-z-]+$/.test(name)
const inputTypes = new Set(['checkbox', 'date', 'hidden', 'radio', 'search', 'text'])
const buttonTypes = new Set(['button', 'submit'])
const keys =
  /^(bell|panel|boxes|filters|notice|news|list|m[1-9][0-9]*|compose|recipients|members|groups|users)$/
const calls = /^(GET|POST|PATCH) [a-z]+(\/[0-9]+)?$/

/** @throws Error that says what the contract does not allow, without quoting the answer */
export function readAnswer(text: string): readonly Element[] {
  const root: OpenElement = { name: '', attributes: new Map(), children: [] }
  const open = [root]
  for (const [, tag, run] of tokensOf(text)) {
    const parent = open.at(-1)!
    if (run !== undefined) {
      if (parent === root && run.trim() !== '') throw new Error('text outside of the elements')
      parent.children.push(decode(run))
    } else if (tag!.startsWith('/')) {
      if (parent === root || parent.name !== tag!.slice(1))
        throw new Error('a tag is closed that is not open')
      open.pop()
    } else {
      const element: OpenElement = { ...readTag(tag!), children: [] }
      parent.children.push(element)
      if (element.name !== 'input') open.push(element)
    }
  }
  if (open.length > 1) throw new Error('an element is left open')
  const elements = root.children.filter((child) => typeof child !== 'string')
  for (const { attributes } of elements) {
    if (!keys.test(attributes.get('data-key') ?? '')) throw new Error('an element without a key')
  }
  return elements
}

/** Itself and all elements within. */
export function* allOf(element: Element): Generator<Element> {
  yield element
  for (const child of element.children) if (typeof child !== 'string') yield* allOf(child)
}

export function find(
  elements: readonly Element[],
  holds: (element: Element) => boolean,
): Element | undefined {
  for (const element of elements) {
    for (const each of allOf(element)) if (holds(each)) return each
  }
  return undefined
}

export function byKey(elements: readonly Element[], key: string): Element | undefined {
  return find(elements, ({ attributes }) => attributes.get('data-key') === key)
}

export function textOf({ children }: Element): string {
  return children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
}

/** Tags and runs of text, one after the other, with nothing in between. */
function* tokensOf(text: string): Generator<RegExpMatchArray> {
  const token = /<(\/?[a-z][a-z0-9]*(?:[ \n]+[a-z-]+="[^"<>]*")*)>|([^<>]+)/gy
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at
    const match = token.exec(text)
    if (match === null) throw new Error(`neither a tag nor text at ${at}`)
    yield match
  }
}

function readTag(tag: string): Omit<Element, 'children'> {
  const name = /^[a-z0-9]+/.exec(tag)![0]
  if (!elementNames.has(name)) throw new Error(`an element <${name}>`)
  const attributes = new Map<string, string>()
  for (const [, attribute, value] of tag.slice(name.length).matchAll(/([a-z-]+)="([^"]*)"/g)) {
    if (!isAttributeName(attribute!)) throw new Error(`an attribute ${attribute} on <${name}>`)
    if (attributes.has(attribute!)) throw new Error(`an attribute ${attribute} twice on <${name}>`)
    attributes.set(attribute!, decode(value!))
  }
  ensureHarmless(name, attributes)
  return { name, attributes }
}

function ensureHarmless(name: string, attributes: ReadonlyMap<string, string>): void {
  const type = attributes.get('type')
  if (name === 'input' && !inputTypes.has(type ?? 'text')) throw new Error('an input of another type')
  if (name === 'button' && !buttonTypes.has(type ?? 'submit')) throw new Error('a button of another type')
  if (type !== undefined && name !== 'input' && name !== 'button') throw new Error(`a type on <${name}>`)
  const call = attributes.get('data-call')
  if (call !== undefined && !calls.test(call)) throw new Error('a call of another form')
}

const escapes: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

function decode(text: string): string {
  return text.replaceAll(/&[a-z0-9#]*;?/gi, (written) => {
    const character = escapes[written]
    if (character === undefined) throw new Error('an escape that there is not')
    return character
  })
}
