/**
 * Reads the service's answers: a strict subset of HTML (docs/wire/nichatka.md, Fragments). No browser's parser ever sees an answer, so that
 * none can be deceived (C1, C2), and what is made of it names nothing outside the two lists below.
 *
 * Invariants
 * - An answer is read whole or refused whole.
 * - Whatever the input, the only thing thrown is a `SyntaxError`; time and memory are linear in a size that is checked first.
 */

/** What is made of an answer, as far as this file knows: in a browser an HTMLElement. */
export interface Made<Self> {
  setAttribute(name: string, value: string): void
  append(child: Self | string): void
}

const maxChars = 2_000_000
const maxDepth = 64

const elementNames =
  /^(article|bdi|button|details|div|fieldset|form|h[23]|header|input|label|legend|li|mark|nav|ol|option|p|section|select|small|span|strong|summary|textarea|time|ul)$/
const attributeNames =
  /^((aria|data)-[a-z][a-z\d-]*|autocomplete|checked|datetime|dir|disabled|for|hidden|id|lang|maxlength|name|open|part|placeholder|required|role|rows|selected|tabindex|title|type|value)$/
const types = /^(button (button|submit)|input (checkbox|date|hidden|radio|search|text))$/
const escapes = { 'amp;': '&', 'lt;': '<', 'gt;': '>', 'quot;': '"' }

/**
 * @param make makes an element of that name, which stands nowhere yet
 * @returns the elements in a row
 * @throws SyntaxError for anything outside the subset
 */
export function readFragments<Element extends Made<Element>>(
  text: string,
  make: (name: string) => Element,
): Element[] {
  must(text.length < maxChars)
  const all: Element[] = []
  const open: [name: string, element: Element][] = []
  const [before = '', ...pieces] = text.split('<')
  must(!before.trim())
  for (const piece of pieces) {
    const [, slash, name = '', attributes = '', content = ''] =
      /^(\/?)([a-z\d]{1,10})([^>]*)>([^>]*)$/.exec(piece) ?? []
    const parent = open.at(-1)
    if (slash) {
      must(parent?.[0] === name && !attributes)
      open.pop()
    } else {
      must(elementNames.test(name) && open.length < maxDepth)
      const element = make(name)
      setAttributes(name, element, attributes)
      if (parent) parent[1].append(element)
      else all.push(element)
      if (name !== 'input') open.push([name, element])
    }
    const into = open.at(-1)
    must(into || !content.trim())
    if (content) into?.[1].append(unescaped(content))
  }
  must(!open.length)
  return all
}

/** Takes them off one by one: what is left over is no attribute. */
function setAttributes(name: string, element: Made<unknown>, text: string): void {
  const rest = text.replace(/[ \n]+([a-z\d-]+)="([^"]*)"/gy, (_, attribute: string, value: string) => {
    must(attributeNames.test(attribute))
    must(attribute !== 'type' || types.test(`${name} ${value}`))
    element.setAttribute(attribute, unescaped(value))
    return ''
  })
  must(!rest.trim())
}

function unescaped(text: string): string {
  return text.replace(/&(amp;|lt;|gt;|quot;)?/g, (_, name?: keyof typeof escapes) => {
    must(name)
    return escapes[name]
  })
}

function must(isSo: unknown): asserts isSo {
  if (!isSo) throw new SyntaxError() // nobody reads what it would say
}
